import { serveWorker } from '@internvid/core/processes';

import type { TowerAnswer, TowerEngine, TowerQuestion, TowerStart } from './tower-messages.js';

serveWorker(async (start: TowerStart) => {
  const { runtime, run } = await openEngine(start);
  return async (question: TowerQuestion): Promise<TowerAnswer> => {
    if (question.kind === 'about') return { kind: 'about', runtime, pid: process.pid };
    const { tower, samples, values } = question;
    return { kind: 'run', rows: await run(tower, samples, values) };
  };
});

async function openEngine(start: TowerStart): Promise<TowerEngine> {
  if (start.engine === 'onnx') return (await import('./onnx-engine.js')).onnxEngine(start);
  return (await import('./tfjs-engine.js')).tfjsEngine(start);
}
