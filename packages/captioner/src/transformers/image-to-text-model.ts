import { hubPicture } from './hub-picture.js';
import { loadTransformers } from './load-transformers.js';
import type { Exchanges } from './model-messages.js';
import type { ModelPlace } from './model-source.js';

type ImageToText = Exchanges['image-to-text'];

/** Loads a model that captions one picture. Greedy. It blocks the thread that it runs on. */
export async function loadImageToText(
  place: ModelPlace,
): Promise<(question: ImageToText['question']) => Promise<ImageToText['answer']>> {
  const { library, options } = await loadTransformers(place);
  const caption = await library.pipeline('image-to-text', place.name, options);
  return async ({ picture, maxNewTokens }) => {
    const image = await hubPicture(library, picture);
    const answers = (await caption(image, {
      max_new_tokens: maxNewTokens,
      do_sample: false,
    })) as readonly { readonly generated_text?: string }[];
    return { text: answers[0]?.generated_text ?? '' };
  };
}
