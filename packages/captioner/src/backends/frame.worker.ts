import { readFile } from 'node:fs/promises';
import { ToolkitError } from '@internvid/core';
import { decodeJpeg } from '@internvid/core/media';
import { serveWorker } from '@internvid/core/processes';
import { examineFrame, type FrameEvidence, type FrameModels } from '../frame-evidence.js';
import type { FrameQuestion, ModelPaths } from './frame-messages.js';
import { onnxModel } from './onnx-model.js';

serveWorker(async (paths: ModelPaths) => {
  const models = await loadModels(paths);
  return async ({ name, bytes }: FrameQuestion): Promise<FrameEvidence> => {
    try {
      return await examineFrame(await decodeJpeg(bytes), models);
    } catch (error) {
      const { code, message } = ToolkitError.from(error);
      throw new ToolkitError(code, `The frame ${name}: ${message}`, { cause: error });
    }
  };
});

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
