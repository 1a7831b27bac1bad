import type { FoundYtDlp } from './find-yt-dlp.js';

/** What a call of yt-dlp depends on. */
export type YtDlpCall = {
  readonly program: FoundYtDlp;
  readonly url: string;
  readonly maxBytes: number;
  readonly stallMs: number;
  /** BCP 47 tags, as the site names them; none for none. */
  readonly subtitleLanguages: readonly string[];
  /** ffmpeg, or the folder that it lies in. Default: `PATH`. */
  readonly ffmpegPath?: string | undefined;
};

/** How lines that report progress begin: bytes so far, in all, and in all as estimated. */
export const PROGRESS_MARK = '@progress';

/** The file in the working folder that names the finished video in its last line. */
export const RESULT_FILE = 'result.txt';

/** Only what yt-dlp fetches by itself, through the proxy: other protocols would be handed to programs that connect directly. */
const PROTOCOLS = "[protocol~='^(https?|m3u8_native|http_dash_segments)$']";

/** What ffmpeg may open when yt-dlp uses it to fetch, and to join or repair what was fetched. */
const FETCHED_CONTAINERS =
  'mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,mpeg,flv,ogg,avi,asf,aac,mp3,wav,webvtt,srt,ass';

/**
 * The arguments for fetching one video into the working folder, as `video.<ending>`: a fixed list, in which only the URL comes from
 * outside, behind `--`.
 *
 * The format is the best whose shorter side has at most 720 pixels; where all are larger, the smallest of those.
 */
export function ytDlpArguments(call: YtDlpCall): readonly string[] {
  return [
    ...['--ignore-config', '--no-cache-dir', '--no-playlist', '--playlist-items', '1'],
    ...['--output', 'video.%(ext)s', '--no-mtime', '--write-info-json', '--no-simulate'],
    ...['--newline', '--progress', '--progress-template', progressTemplate()],
    // `--print` would silence the lines that say why there is no video.
    ...['--print-to-file', 'after_move:filepath', RESULT_FILE],
    ...['--socket-timeout', String(Math.max(1, Math.round(call.stallMs / 1000)))],
    // Whole tries are repeated by our own retry, which knows the host; a lost segment is cheaper to ask for at once.
    ...['--retries', '0', '--extractor-retries', '0', '--file-access-retries', '0'],
    ...['--fragment-retries', '3', '--abort-on-unavailable-fragments'],
    ...['--match-filters', '!is_live', '--max-filesize', String(call.maxBytes)],
    ...['--format', `bv*${PROTOCOLS}+ba${PROTOCOLS}/b${PROTOCOLS}/bv*${PROTOCOLS}`],
    ...['--format-sort', 'res:720', '--merge-output-format', 'mp4/mkv'],
    ...['--downloader', 'm3u8:native'],
    ...['--downloader-args', 'ffmpeg_i:-protocol_whitelist http,https,tcp,tls,crypto,httpproxy'],
    ...['--postprocessor-args', `ffmpeg_i:${localOnly()}`],
    ...subtitleArguments(call.subtitleLanguages),
    ...(call.ffmpegPath === undefined ? [] : ['--ffmpeg-location', call.ffmpegPath]),
    ...javaScriptArguments(call.program.version),
    ...['--', call.url],
  ];
}

function progressTemplate(): string {
  const fields = ['downloaded_bytes', 'total_bytes', 'total_bytes_estimate'];
  return `download:${PROGRESS_MARK} ${fields.map((field) => `%(progress.${field})s`).join(' ')}`;
}

/** A playlist dressed up as a video would make ffmpeg open other files, or hosts. */
function localOnly(): string {
  return `-protocol_whitelist file -format_whitelist ${FETCHED_CONTAINERS}`;
}

function subtitleArguments(languages: readonly string[]): readonly string[] {
  if (languages.length === 0) return ['--no-write-subs', '--no-write-auto-subs'];
  const wanted = ['--sub-langs', languages.join(','), '--sub-format', 'vtt/best'];
  return ['--write-subs', '--write-auto-subs', ...wanted, '--convert-subs', 'vtt'];
}

/** From this version on YouTube needs a JavaScript runtime; the one that runs us will do. */
const NEEDS_RUNTIME = '2025.11.12';

function javaScriptArguments(version: string): readonly string[] {
  return version < NEEDS_RUNTIME ? [] : ['--js-runtimes', `node:${process.execPath}`];
}
