import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { ToolkitError } from '@internvid/core';
import { decodeJpeg } from '@internvid/core/media';
import { examineFrame, type FrameModels } from '../frame-evidence.js';
import type { FrameAnswer, FrameQuestion, ModelPaths } from './frame-messages.js';
import { onnxModel } from './onnx-model.js';

const models = loadModels(workerData as ModelPaths);
// One frame at a time: a second would only wait for the same thread, with its pictures in memory.
let last: Promise<void> = models.then(
  () => undefined,
  () => undefined,
);

parentPort?.on('message', (question: FrameQuestion) => {
  last = last.then(async () => parentPort?.postMessage(await answer(question)));
});

async function answer({ id, name, bytes }: FrameQuestion): Promise<FrameAnswer> {
  try {
    return { id, evidence: await examineFrame(await decodeJpeg(bytes), await models) };
  } catch (error) {
    const { code, message } = ToolkitError.from(error);
    return { id, failure: { code, message: `The frame ${name}: ${message}` } };
  }
}

async function loadModels(paths: ModelPaths): Promise<FrameModels> {
  const [objects, detector, recogniser, dictionary] = await Promise.all([
    onnxModel(paths.objects),
    onnxModel(paths.textDetector),
    onnxModel(paths.textRecogniser),
    readFile(paths.dictionary, 'utf8'),
  ]);
  return { objects, detector, recogniser, dictionary: dictionary.replace(/\n$/, '').split('\n') };
}
