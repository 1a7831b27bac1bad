/** A ratio of whole numbers, as containers store rates and aspect ratios. */
export type Fraction = { readonly num: number; readonly den: number };

/** What the pictures of a video are: one track, the one that every reader uses. */
export type VideoTrack = {
  /** Number of the stream in its container, from 0. */
  readonly stream: number;
  readonly codec: string;
  readonly pixelFormat: string;
  readonly bitDepth: number;
  /** Size as stored, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Size as shown: after the sample aspect ratio and the rotation, in square pixels. */
  readonly displayWidth: number;
  readonly displayHeight: number;
  /** Clockwise turn that a player applies, in degrees. */
  readonly rotation: 0 | 90 | 180 | 270;
  readonly sampleAspectRatio: Fraction;
  /** Average frames per second over the packets that are really there. */
  readonly frameRate: Fraction;
  readonly isVariableFrameRate: boolean;
  /** Number of video packets that are really there; a damaged one may decode to nothing. */
  readonly frames: number;
  /** Presentation time of the first frame, in whole milliseconds from the container's start. */
  readonly firstFrameMs: number;
  /** Number of key frames. */
  readonly keyFrames: number;
  readonly colorTransfer: string;
  readonly colorPrimaries: string;
  readonly colorSpace: string;
  /** PQ or HLG transfer: frames are tone-mapped to BT.709 before anybody sees them. */
  readonly isHdr: boolean;
  readonly isInterlaced: boolean;
  readonly hasAlpha: boolean;
};

/** A sound track. */
export type AudioTrack = {
  readonly stream: number;
  readonly codec: string;
  readonly sampleRate: number;
  readonly channels: number;
  readonly language?: string;
};

/** A subtitle track inside the container. */
export type SubtitleTrack = {
  readonly stream: number;
  readonly codec: string;
  readonly language?: string;
};

/** What probing a readable video found. */
export type MediaInfo = {
  /** Names of the container format as ffmpeg gives them, e.g. `mov,mp4,m4a,3gp,3g2,mj2`. */
  readonly container: string;
  readonly bytes: number;
  /** From the container's start to the end of the last video frame that is really there. */
  readonly durationMs: number;
  /** What the header claims, where it claims something. */
  readonly headerDurationMs?: number;
  /** The container's own start time, already taken off all times here. */
  readonly startMs: number;
  readonly video: VideoTrack;
  /** Further video tracks, which nothing reads. */
  readonly otherVideoTracks: number;
  readonly audio: readonly AudioTrack[];
  readonly subtitles: readonly SubtitleTrack[];
  /**
   * Stable kebab-case words for what is odd but usable: `truncated`, `damaged`, `hdr`, `interlaced`, `single-frame`,
   * `tiny-picture`, `resolution-change`, `wrong-extension`.
   */
  readonly warnings: readonly string[];
};
