import type { Tensor } from '@huggingface/transformers';
import { ToolkitError } from '@internvid/core';
import { generationFor } from './generation.js';
import { hubPicture } from './hub-picture.js';
import { loadTransformers } from './load-transformers.js';
import type { Exchanges } from './model-messages.js';
import type { ModelPlace } from './model-source.js';

type VisionChat = Exchanges['vision-chat'];
type Inputs = { readonly input_ids: Tensor };

/** Loads a chat model that sees pictures, of the Idefics3 and SmolVLM family. It blocks the thread that it runs on. */
export async function loadVisionChat(
  place: ModelPlace,
): Promise<(question: VisionChat['question']) => Promise<VisionChat['answer']>> {
  const { library, options } = await loadTransformers(place);
  const processor = await library.AutoProcessor.from_pretrained(place.name);
  const model = await library.AutoModelForVision2Seq.from_pretrained(place.name, options);
  return async ({ parts, maxNewTokens, attempt }) => {
    const content = parts.map((part) =>
      part.kind === 'text' ? { type: 'text', text: part.text } : { type: 'image' },
    );
    const prompt = processor.apply_chat_template([{ role: 'user', content }] as never, {
      add_generation_prompt: true,
    });
    const images = await Promise.all(
      parts.flatMap((part) => (part.kind === 'picture' ? [hubPicture(library, part.picture)] : [])),
    );
    const inputs = (await (images.length === 0
      ? processor(prompt)
      : processor(prompt, [images]))) as Inputs;
    const answer = (await model.generate({
      ...inputs,
      ...generationFor(library, attempt, maxNewTokens),
    })) as Tensor;
    const [before = 0, after = 0] = [inputs.input_ids.dims.at(-1), answer.dims.at(-1)];
    const { tokenizer } = processor;
    if (tokenizer === undefined)
      throw new ToolkitError('model-failed', `The model ${place.name} has no tokenizer.`);
    const said = answer.slice(null, [before, after]);
    const [text = ''] = tokenizer.batch_decode(said, { skip_special_tokens: true });
    return {
      text: text.trim(),
      tokens: Array.from(said.data as Iterable<bigint>, Number),
      isCutOff: after - before >= maxNewTokens,
    };
  };
}
