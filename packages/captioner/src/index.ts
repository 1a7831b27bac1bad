export {
  embeddedCaptioner,
  type EmbeddedCaptionerOptions,
  type EmbeddedEngine,
} from './backends/embedded.js';
export type {
  CaptionContext,
  Captioner,
  CaptionFrame,
  CaptionRequest,
  CaptionResult,
} from './captioner.js';
export type { AnswerFault } from './chat/answer-checks.js';
export type { ChatAskerOptions } from './chat/ask-settings.js';
export { chatAsker, type ChatAsker } from './chat/chat-asker.js';
export type { GoodAnswer } from './chat/judge-answer.js';
export {
  chatCaptioner,
  type ChatCaptioner,
  type ChatCaptionerOptions,
} from './chat/chat-captioner.js';
export type { CaptionForm, ChatScale } from './chat/chat-scales.js';
export { assumedCost, assumedPictureTokens, type AssumedCost } from './chat/assumed-cost.js';
export { dollars, type ChatBudget, type ChatPrice, type ChatSpending } from './chat/ledger.js';
export type { Material } from './chat/material.js';
export type {
  ChatModelChoice,
  GgufChoice,
  OllamaChoice,
  OpenAiChoice,
} from './chat/model-source.js';
export type { PlannedQuestion } from './chat/planned-questions.js';
export type { AnswerRules, Question, QuestionPicture } from './chat/question.js';
export {
  structureClips,
  structuredCaptionsTable,
  type StructureClipsOptions,
  type StructuredCaption,
} from './chat/structured-captions.js';
export { estimatedTokens } from './chat/token-estimates.js';
export {
  summariseVideos,
  videoSummariesTable,
  type CaptionedVideo,
  type Chapter,
  type SummariseVideosOptions,
  type VideoSummary,
} from './chat/video-summaries.js';
export type { ColourName, Colours } from './colours.js';
export { factsToText, type SeenFrame, type TextSource } from './facts-to-text.js';
export type { FrameEvidence } from './frame-evidence.js';
export {
  groundCaptions,
  type CaptionInContext,
  type ClaimEncoder,
  type GroundCaptionsOptions,
  type GroundingPolicy,
} from './grounding/ground-captions.js';
export type { TextRange } from './grounding/camera-moves.js';
export { claimsIn, type CaptionClaim } from './grounding/caption-claims.js';
export { captionClaimsTable, type CaptionClaimRow } from './grounding/claims-table.js';
export {
  judgeClaims,
  supportOf,
  type GroundingEvidence,
  type JudgedClaim,
  type Verdict,
} from './grounding/judge-claims.js';
export {
  findRepeatedCaptions,
  quarantineCaptions,
  repeatedCaptionKey,
  type CaptionOfVideo,
  type MaybeRepeatedCaption,
  type RepeatedCaptions,
  type RepeatedCaptionsOptions,
} from './grounding/repeated-captions.js';
export {
  routedCaptioner,
  type CheapFindings,
  type RoutedCaptioner,
  type RoutedCaptionerOptions,
} from './router/routed-captioner.js';
export type { FoundObject } from './objects.js';
export type { TextLine } from './on-screen-text.js';
export type { Box } from './pictures.js';
export { promptId, type Prompt } from './prompts/prompt.js';
export { PROMPTS, type Prompts } from './prompts/prompts.js';
export {
  captionClips,
  captionClipsInContext,
  captionRequest,
  type CaptionClipsOptions,
  type SampledClip,
} from './stages.js';
export { joinSpoken, saidInSpan, wordsOfLines } from './speech/said-in-span.js';
export type {
  RejectedSpeech,
  SpeechRejection,
  SpokenWord,
  Transcriber,
  Transcript,
} from './speech/transcriber.js';
export { transcribeVideos, type TranscribeVideosOptions } from './speech/transcribe-videos.js';
export {
  transcriptsTable,
  type TranscriptLine,
  type TranscriptSource,
} from './speech/transcript-lines.js';
export type { GateChoice } from './speech/voice-gate.js';
export {
  whisperTranscriber,
  type WhisperTranscriberOptions,
} from './speech/whisper-transcriber.js';
export { decodeText, type DecodedText, type TextEncoding } from './subtitles/decode-text.js';
export { parseSubtitles, type Cue, type Subtitles } from './subtitles/parse-subtitles.js';
export {
  findSubtitleFiles,
  readSubtitleFile,
  type SubtitleFile,
} from './subtitles/subtitle-files.js';
export { clipEmbedder, type ClipEmbedder } from './transformers/clip-embedder.js';
export {
  imageToTextCaptioner,
  type ImageToTextCaptionerOptions,
} from './transformers/image-to-text.js';
export type { TransformersModel } from './transformers/model-source.js';
export {
  visionChatCaptioner,
  type VisionChatCaptionerOptions,
} from './transformers/vision-chat.js';
