export { folderSource, type FolderShardInput } from './sources/folder.js';
export { VIDEO_EXTENSIONS } from './sources/find-files.js';
export {
  admitVideos,
  analysedSize,
  clipsFromShots,
  dropShortClips,
  dropStillClips,
  probeVideos,
  splitIntoShots,
  type AdmitVideosOptions,
  type ClipsFromShotsOptions,
  type ProbedVideo,
  type ProbeVideosOptions,
  type SplitIntoShotsOptions,
  type MeasuredClip,
  type SplitVideo,
} from './stages.js';
export {
  contentDetector,
  type ContentDetectorOptions,
  type ContentWeights,
} from './shots/content.js';
export type { DetectorFrame, ShotDetection, ShotDetector } from './shots/detector.js';
export { measurements, type Measurements } from './facts/measurements.js';
export type { CameraMove } from './facts/camera.js';
export { cutClip, type CutClip, type CutClipOptions } from './cut.js';
