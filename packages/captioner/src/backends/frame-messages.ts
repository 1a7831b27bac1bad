/** What a worker is told first: where it finds its networks, paths of ONNX files and of the reader's dictionary. */
export type ModelPaths = {
  readonly objects: string;
  readonly faces: string;
  readonly textDetector: string;
  readonly textRecogniser: string;
  readonly dictionary: string;
};

/** A frame to be examined: an encoded picture, and what errors call it. */
export type FrameQuestion = { readonly name: string; readonly bytes: Uint8Array };
