import { ToolkitError } from '@internvid/core';

import type { TowerEngine, TowerQuestion, TowerReply, TowerStart } from './tower-messages.js';

// The other side may be killed at any moment; nobody is left to answer then.
process.on('disconnect', () => process.exit());
// Ctrl-C goes to every process of a terminal: the other side decides what becomes of this one.
process.on('SIGINT', () => undefined);

const say = (reply: TowerReply): void => void process.send?.(reply);

process.once('message', (start: TowerStart) => {
  openEngine(start).then(serve, (error: unknown) => {
    const { code, message } = ToolkitError.from(error);
    say({ kind: 'unavailable', code, message });
  });
});

async function openEngine(start: TowerStart): Promise<TowerEngine> {
  if (start.engine === 'onnx') return (await import('./onnx-engine.js')).onnxEngine(start);
  return (await import('./tfjs-engine.js')).tfjsEngine(start);
}

function serve(engine: TowerEngine): void {
  // One question at a time: a second would only wait for the same cores, with its numbers in memory.
  let last: Promise<void> = Promise.resolve();
  process.on('message', (question: TowerQuestion) => {
    last = last.then(async () => say(await answer(engine, question)));
  });
  say({ kind: 'ready', runtime: engine.runtime });
}

async function answer(
  engine: TowerEngine,
  { id, tower, samples, values }: TowerQuestion,
): Promise<TowerReply> {
  try {
    return { kind: 'answer', id, rows: await engine.run(tower, samples, values) };
  } catch (error) {
    const { code, message } = ToolkitError.from(error);
    return { kind: 'failure', id, code, message };
  }
}
