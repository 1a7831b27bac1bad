import type { JsonObject, Span } from '@internvid/core';
import type { VideoCandidate } from '../download/candidate.js';

/** What a row says of one stretch of its video, or of the whole. */
export type MentionedClip = {
  readonly span?: Span;
  readonly caption?: string;
  /** Scores and other columns of this stretch alone. */
  readonly details: JsonObject;
};

/** What a row means. */
export type RowMeaning = {
  /** The same for all rows of one video. */
  readonly key: string;
  readonly candidate: Omit<VideoCandidate, 'spans'>;
  readonly clips: readonly MentionedClip[];
  /** Clips of the row that cannot be used, and why. */
  readonly problems: readonly string[];
};

/** Reads the rows of a table. */
export interface RowReader {
  /** @throws RowProblem for a row that gives no video. */
  read(cells: JsonObject): RowMeaning;
}

/** Why a row gives no video; the message ends a sentence that begins with the file and the line. */
export class RowProblem extends Error {
  override readonly name = 'RowProblem';
}
