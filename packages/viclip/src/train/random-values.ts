import { seededValues } from '../weights/seeded.js';

/** Numbers from 0 to 1, evenly spread, that depend on the name alone. */
export function uniformValues(name: string, count: number): Float32Array {
  return seededValues(name, count, { offset: 0.5, amplitude: 0.5 });
}
