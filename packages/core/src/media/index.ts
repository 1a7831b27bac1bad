export type {
  Frame, FrameOutput, FrameReader, FrameRequest, FrameSelection, Picture, PixelFormat, Timeline,
} from './frame-reader.js';
