import { ToolkitError } from '@internvid/core';
import { downloadError, type DownloadProblem } from '../problem.js';

/** What its messages mean, the first that fits: a check for robots also says "sign in". */
const MEANINGS: readonly (readonly [RegExp, DownloadProblem])[] = [
  [/not a (?:bot|robot)|captcha|unusual traffic/i, 'bot-check'],
  [/HTTP Error 429|too many requests|rate.?limit/i, 'throttled'],
  [/HTTP Error 451|geo.?restrict|(?:in|from) your (?:country|location|region)/i, 'geo-blocked'],
  [/\bDRM\b/, 'encrypted'],
  [
    /is private|private video|members.only|join this channel|sign in|log.?in|password|premium|subscriber|payment|HTTP Error 40[123]/i,
    'private',
  ],
  [
    /HTTP Error 4(?:04|10)|removed|no longer available|(?:video|content) (?:is )?(?:unavailable|not available)|does not exist|deleted|terminated/i,
    'gone',
  ],
  [/larger than max-filesize/i, 'too-large'],
  [/does not pass filter|live event|live stream/i, 'live-stream'],
  [
    /unsupported url|no video formats|no suitable|requested format is not available/i,
    'unsupported-site',
  ],
  [/invalid data found|unable to (?:parse|extract)|malformed/i, 'unknown'],
  [/\btimed out\b|\btime-?out\b/i, 'stalled'],
  [
    /HTTP Error 5\d\d|tunnel connection failed|connection|reset|refused|resolve|getaddrinfo|name or service|incomplete|more expected|fragment|ssl|eof/i,
    'network',
  ],
];

/**
 * Says why yt-dlp ended without a file, by the lines that it wrote.
 *
 * @param output its errors, then its other lines.
 */
export function ytDlpError(url: string, output: readonly string[]): Error {
  const usage = output.find((line) => /^yt-dlp(?:\.exe)?: error: /.test(line));
  if (usage !== undefined) return wrongVersion(usage);
  if (output.some((line) => line.includes('No space left on device'))) return diskFull();
  const errors = output.filter((line) => line.startsWith('ERROR:'));
  const telling = errors.at(-1) ?? output.find((line) => meaningOf(line) !== undefined);
  const problem = (telling === undefined ? undefined : meaningOf(telling)) ?? 'unknown';
  const said = (telling ?? output.at(-1) ?? 'no message').replace(
    /^ERROR: |; please report .*$/g,
    '',
  );
  return downloadError(problem, `yt-dlp could not fetch ${url}: ${said}`);
}

/** Whether all that failed is a subtitle: the video may be had without. */
export function isSubtitleFailure(output: readonly string[]): boolean {
  const errors = output.filter((line) => line.startsWith('ERROR:'));
  return (
    errors.length > 0 && errors.every((line) => /unable to download video subtitles/i.test(line))
  );
}

function meaningOf(line: string): DownloadProblem | undefined {
  return MEANINGS.find(([pattern]) => pattern.test(line))?.[1];
}

function wrongVersion(line: string): Error {
  const message = `yt-dlp does not take the options that are used here ("${line}"). Install version 2023.03.04 or later.`;
  return new ToolkitError('missing-dependency', message, { details: { program: 'yt-dlp' } });
}

function diskFull(): Error {
  const message = 'yt-dlp could not write: no space left on the device. Free some and run again.';
  return new ToolkitError('store-failed', message);
}
