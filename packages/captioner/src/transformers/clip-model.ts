import type { Tensor } from '@huggingface/transformers';
import { ToolkitError } from '@internvid/core';
import { hubPicture } from './hub-picture.js';
import { loadTransformers } from './load-transformers.js';
import type { Exchanges } from './model-messages.js';
import type { ModelPlace } from './model-source.js';

type Clip = Exchanges['clip'];

/** Loads both towers of a CLIP model. Vectors are as the model gives them, not of unit length. It blocks the thread that it runs on. */
export async function loadClip(
  place: ModelPlace,
): Promise<(question: Clip['question']) => Promise<Clip['answer']>> {
  const { library, options } = await loadTransformers(place);
  const [tokenizer, processor, textTower, pictureTower] = await Promise.all([
    library.AutoTokenizer.from_pretrained(place.name),
    library.AutoProcessor.from_pretrained(place.name),
    library.CLIPTextModelWithProjection.from_pretrained(place.name, options),
    library.CLIPVisionModelWithProjection.from_pretrained(place.name, options),
  ]);
  return async (question) => {
    if ('texts' in question) {
      const inputs = tokenizer([...question.texts], { padding: true, truncation: true }) as object;
      const { text_embeds: vectors } = (await textTower(inputs)) as { text_embeds?: Tensor };
      return { vectors: rowsOf(vectors, place) };
    }
    const pictures = await Promise.all(
      question.pictures.map((picture) => hubPicture(library, picture)),
    );
    const inputs = (await processor(pictures)) as object;
    const { image_embeds: vectors } = (await pictureTower(inputs)) as { image_embeds?: Tensor };
    return { vectors: rowsOf(vectors, place) };
  };
}

function rowsOf(vectors: Tensor | undefined, { name }: ModelPlace): readonly Float32Array[] {
  const [rows = 0, dimension = 0] = vectors?.dims ?? [];
  if (vectors === undefined || !(vectors.data instanceof Float32Array))
    throw new ToolkitError('model-failed', `The model ${name} gives no vectors of 32-bit floats.`);
  const data: Float32Array = vectors.data;
  return Array.from({ length: rows }, (_, row) =>
    data.slice(row * dimension, (row + 1) * dimension),
  );
}
