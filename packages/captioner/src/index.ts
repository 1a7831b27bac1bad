export { embeddedCaptioner, type EmbeddedCaptionerOptions } from './backends/embedded.js';
export type { Captioner, CaptionFrame, CaptionRequest, CaptionResult } from './captioner.js';
export type { ColourName, Colours } from './colours.js';
export { factsToText, type SeenFrame, type TextSource } from './facts-to-text.js';
export type { FrameEvidence } from './frame-evidence.js';
export type { FoundObject } from './objects.js';
export type { TextLine } from './on-screen-text.js';
export type { Box } from './pictures.js';
export { captionClips, type CaptionClipsOptions, type SampledClip } from './stages.js';
