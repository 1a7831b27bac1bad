export type {
  AudioChunk,
  AudioReader,
  AudioRequest,
  SampleArray,
  SampleFormat,
} from './audio-reader.js';
export { ffmpegAudioReader, type FfmpegAudioReaderOptions } from './ffmpeg-audio-reader.js';
export {
  ffmpegSubtitleReader,
  type SubtitleReader,
  type SubtitleReaderOptions,
} from './subtitle-reader.js';
export type {
  Frame,
  FrameOutput,
  FrameReader,
  FrameRequest,
  FrameSelection,
  Picture,
  PixelFormat,
  Timeline,
} from './frame-reader.js';
export { ffmpegFrameReader, type FfmpegFrameReaderOptions } from './ffmpeg-frame-reader.js';
export { findFfmpeg, type FfmpegProgram, type FoundIn, type FoundProgram } from './find-ffmpeg.js';
export { fitWithin, type Size } from './fit.js';
export { centreTimes } from './sampling.js';
export { decodeJpeg, encodeJpeg, type DecodeJpegOptions } from './jpeg.js';
export { cutPicture, type PictureBox, type PictureCut } from './cut-picture.js';
export { framePackSink, readPicture } from './frame-pack.js';
export { sampleFrames, type FrameToPack, type SampleFramesOptions } from './sample-frames.js';
