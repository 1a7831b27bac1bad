/** A network: an ONNX file, or a tfjs graph model with the outputs that are read. */
export type NetworkFile =
  | { readonly engine: 'onnx'; readonly path: string }
  | { readonly engine: 'tfjs'; readonly path: string; readonly outputs: readonly string[] };

/** What a worker is told first: its networks, those of the reader as paths of ONNX files, and the path of the reader's dictionary. */
export type ModelPaths = {
  readonly objects: NetworkFile;
  readonly faces: NetworkFile;
  readonly poses: NetworkFile;
  readonly textDetector: string;
  readonly textRecogniser: string;
  readonly dictionary: string;
};

/** A frame to be examined: an encoded picture, and what errors call it. */
export type FrameQuestion = { readonly name: string; readonly bytes: Uint8Array };
