/**
 * A copy scaled to unit length.
 *
 * @throws RangeError for a wrong length, a zero vector or a number that is not finite.
 */
export function unitVector(vector: Float32Array, dimension: number): Float32Array<ArrayBuffer> {
  if (vector.length !== dimension) {
    throw new RangeError(`A vector of this index has ${dimension} numbers, got ${vector.length}.`);
  }
  let squares = 0;
  for (const value of vector) squares += value * value;
  const length = Math.sqrt(squares);
  if (!Number.isFinite(length) || length === 0)
    throw new RangeError('A vector needs finite numbers, not all zero.');
  const unit = new Float32Array(vector);
  for (let place = 0; place < dimension; place++) unit[place] = (vector[place] ?? 0) / length;
  return unit;
}
