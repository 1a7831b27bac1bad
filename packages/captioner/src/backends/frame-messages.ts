import type { ErrorCode } from '@internvid/core';
import type { FrameEvidence } from '../frame-evidence.js';

/** The first message: where a worker finds its networks, paths of ONNX files and of the reader's dictionary. */
export type ModelPaths = {
  readonly objects: string;
  readonly faces: string;
  readonly textDetector: string;
  readonly textRecogniser: string;
  readonly dictionary: string;
};

/** A frame to be examined. */
export type FrameQuestion = {
  readonly id: number;
  readonly name: string;
  readonly bytes: Uint8Array;
};

/** The answer to the question of the same id. */
export type FrameAnswer =
  | { readonly id: number; readonly evidence: FrameEvidence }
  | {
      readonly id: number;
      readonly failure: { readonly code: ErrorCode; readonly message: string };
    };
