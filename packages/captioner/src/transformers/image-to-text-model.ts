import { generationFor } from './generation.js';
import { hubPicture } from './hub-picture.js';
import { loadTransformers } from './load-transformers.js';
import type { Exchanges } from './model-messages.js';
import type { ModelPlace } from './model-source.js';

type ImageToText = Exchanges['image-to-text'];

/** Loads a model that captions one picture. It blocks the thread that it runs on. */
export async function loadImageToText(
  place: ModelPlace,
): Promise<(question: ImageToText['question']) => Promise<ImageToText['answer']>> {
  const { library, options } = await loadTransformers(place);
  const caption = await library.pipeline('image-to-text', place.name, options);
  return async ({ picture, maxNewTokens, attempt }) => {
    const image = await hubPicture(library, picture);
    let steps = 0;
    const counting = new library.LogitsProcessorList();
    counting.push(((_: unknown, logits: unknown) => {
      steps += 1;
      return logits;
    }) as never);
    const asked = { ...generationFor(library, attempt, maxNewTokens), logits_processor: counting };
    const answers = (await caption(image, asked)) as readonly {
      readonly generated_text?: string;
    }[];
    return { text: answers[0]?.generated_text ?? '', isCutOff: steps >= maxNewTokens };
  };
}
