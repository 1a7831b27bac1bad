import { readFile } from 'node:fs/promises';
import { ToolkitError } from '@internvid/core';
import { decodeJpeg } from '@internvid/core/media';
import { examineFrame, type FrameModels } from '../frame-evidence.js';
import type { FrameAnswer, FrameQuestion, ModelPaths } from './frame-messages.js';
import { onnxModel } from './onnx-model.js';

// The other side may be killed at any moment; nobody is left to answer then.
process.on('disconnect', () => process.exit());
// Ctrl-C goes to every process of a terminal: the other side decides what becomes of this one.
process.on('SIGINT', () => undefined);

process.once('message', (paths: ModelPaths) => {
  const models = loadModels(paths);
  // One frame at a time: a second would only wait for the same thread, with its pictures in memory.
  let last: Promise<unknown> = models.catch(() => undefined);
  process.on('message', (question: FrameQuestion) => {
    last = last.then(async () => process.send?.(await answer(question, models)));
  });
});

async function answer(
  { id, name, bytes }: FrameQuestion,
  models: Promise<FrameModels>,
): Promise<FrameAnswer> {
  try {
    return { id, evidence: await examineFrame(await decodeJpeg(bytes), await models) };
  } catch (error) {
    const { code, message } = ToolkitError.from(error);
    return { id, failure: { code, message: `The frame ${name}: ${message}` } };
  }
}

async function loadModels(paths: ModelPaths): Promise<FrameModels> {
  const [objects, faces, detector, recogniser, dictionary] = await Promise.all([
    onnxModel(paths.objects),
    onnxModel(paths.faces),
    onnxModel(paths.textDetector),
    onnxModel(paths.textRecogniser),
    readFile(paths.dictionary, 'utf8'),
  ]);
  return {
    objects,
    faces,
    detector,
    recogniser,
    dictionary: dictionary.replace(/\n$/, '').split('\n'),
  };
}
