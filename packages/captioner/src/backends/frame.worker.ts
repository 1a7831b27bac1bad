import { readFile } from 'node:fs/promises';
import { ToolkitError } from '@internvid/core';
import { decodeJpeg } from '@internvid/core/media';
import { serveWorker } from '@internvid/core/processes';
import { examineFrame, type FrameEvidence, type FrameModels } from '../frame-evidence.js';
import type { ManyTensorsModel, TensorModel } from '../tensor-model.js';
import type { FrameQuestion, ModelPaths, NetworkFile } from './frame-messages.js';
import { onnxModel } from './onnx-model.js';
import { tfjsModel, tfjsOnGpu } from './tfjs-model.js';

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
  const [objects, faces, poses, detector, recogniser, dictionary] = await Promise.all([
    openNetwork(paths.objects),
    openNetwork(paths.faces),
    openNetwork(paths.poses),
    onnxModel(paths.textDetector),
    onnxModel(paths.textRecogniser),
    readFile(paths.dictionary, 'utf8'),
  ]);
  return {
    objects,
    faces,
    poses,
    detector,
    recogniser,
    dictionary: dictionary.replace(/\n$/, '').split('\n'),
  };
}

async function openNetwork(file: NetworkFile): Promise<TensorModel & ManyTensorsModel> {
  return file.engine === 'tfjs' ? tfjsModel(await tfjsOnGpu(), file) : onnxModel(file.path);
}
