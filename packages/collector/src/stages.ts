export { admitVideos, type AdmitVideosOptions } from './admission.js';
export {
  clipsFromShots,
  dropShortClips,
  dropStillClips,
  type ClipsFromShotsOptions,
  type MeasuredClip,
} from './clips.js';
export { probeVideos, type ProbedVideo, type ProbeVideosOptions } from './probe.js';
export {
  analysedSize,
  splitIntoShots,
  type SplitIntoShotsOptions,
  type SplitVideo,
} from './split.js';
