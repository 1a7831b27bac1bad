import { it } from '@jest/globals';
import { texture } from '../../../src/testing/film/texture.js';
import { filmSet } from '../../../src/testing/film/film-set.js';
import { renderFrames } from '../../../src/testing/film/render.js';
it('x', () => {
  let t = performance.now(); texture(); console.log('texture', performance.now()-t);
  for (const f of filmSet()) { t = performance.now(); for (const _ of renderFrames(f)); console.log(f.name, performance.now()-t); }
});
