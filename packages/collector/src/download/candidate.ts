import type { JsonObject, Span } from '@internvid/core';

/** A subtitle file of a candidate that lies at an address of its own. Those that a site offers come through yt-dlp by themselves. */
export type CandidateSubtitle = {
  readonly url: string;
  /** BCP 47 tag. */
  readonly language: string;
  /** Whether a machine wrote it. */
  readonly isAutomatic: boolean;
};

/** A video that was found and is not fetched yet. */
export type VideoCandidate = {
  /** Readable, derived from the URL or from the site's own id, the same on every run. It may hold any characters. */
  readonly id: string;
  /** Where it is: the file itself for `http`, a page or a playlist of segments for `yt-dlp`. */
  readonly url: string;
  /** Who fetches it. */
  readonly via: 'http' | 'yt-dlp';
  readonly license?: string;
  /** What the source knows of it: columns of its row, title, tags, channel. It goes into the video's own metadata. */
  readonly metadata: JsonObject;
  readonly subtitles?: readonly CandidateSubtitle[];
  /** The stretches that are wanted, where the source names them. The whole video is fetched all the same. */
  readonly spans?: readonly Span[];
};
