export type { SentenceEncoder } from './encoder.js';
export { universalSentenceEncoder } from './backends/use.js';
export {
  exactIndex,
  type ExactIndex,
  type Match,
  type SearchOptions,
} from './search/exact-index.js';
export { embedCaptions, type CaptionText, type EmbedCaptionsOptions } from './stages.js';
