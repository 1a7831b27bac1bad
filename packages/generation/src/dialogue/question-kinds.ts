import { CLIP_KINDS } from './clip-kinds.js';
import { OBJECT_KINDS } from './object-kinds.js';
import { PAIR_KINDS } from './pair-kinds.js';
import type { QuestionKind } from './question-kind.js';
import { TEXT_KINDS } from './text-kinds.js';
import { VIDEO_KINDS } from './video-kinds.js';

/** Every kind of question that measurement answers. */
export const QUESTION_KINDS: readonly QuestionKind[] = [
  ...CLIP_KINDS,
  ...TEXT_KINDS,
  ...OBJECT_KINDS,
  ...PAIR_KINDS,
  ...VIDEO_KINDS,
];
