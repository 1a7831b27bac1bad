import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

import { ToolkitError } from '@internvid/core';

import { openTensorFile } from './weights/open-weights.js';

/** A linear predictor of how pleasing a picture is found. */
export type AestheticHead = {
  /** One share for each number of an image vector of unit length. */
  readonly weight: Float32Array;
  readonly bias: number;
  /** SHA-256 of the file. */
  readonly sha256: string;
};

/**
 * Reads a linear predictor: tensors `weight` [1, dimension] and `bias` [1], as PyTorch saves a `Linear` or as safetensors.
 * The open ones of LAION (`aesthetic-predictor`, `sa_0_4_vit_l_14_linear.pth` for OpenAI's CLIP L/14 and its like) are such.
 *
 * @param sha256 what the file must have, lower-case hex. Default: any.
 * @throws ToolkitError `corrupt` for another hash or other tensors, `not-found`, `unreadable`.
 */
export async function loadAestheticHead(path: string, sha256?: string): Promise<AestheticHead> {
  await using file = await openTensorFile(path);
  const shapes = [...file.tensors].map(([name, { shape }]) => `${name} [${shape.join(', ')}]`);
  const { shape = [] } = file.tensors.get('weight') ?? {};
  const isLinear = shape.length === 2 && shape[0] === 1 && file.tensors.get('bias')?.shape[0] === 1;
  if (!isLinear) {
    const message = `${path} is no linear predictor: it has ${shapes.slice(0, 5).join(', ')}, not weight [1, n] and bias [1].`;
    throw new ToolkitError('corrupt', message);
  }
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  const found = hash.digest('hex');
  if (sha256 !== undefined && found !== sha256) {
    throw new ToolkitError('corrupt', `${path} has the SHA-256 ${found}, not ${sha256}.`);
  }
  const [bias = 0] = await file.read('bias');
  return { weight: await file.read('weight'), bias, sha256: found };
}
