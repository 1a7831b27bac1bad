import { describe, expect, it } from '@jest/globals';
import { isSubtitleFailure, ytDlpError } from '../../../src/download/yt-dlp/yt-dlp-errors.js';

const URL = 'https://example.org/watch?v=1';
const reasonOf = (...lines: string[]): unknown =>
  (ytDlpError(URL, lines) as Error & { details: { reason?: string } }).details.reason;

describe('the errors of yt-dlp', () => {
  it.each([
    ['[youtube] x: Private video. Sign in if you have been granted access', 'private'],
    ["[youtube] x: Sign in to confirm you're not a bot", 'bot-check'],
    ['[youtube] x: Sign in to confirm your age', 'private'],
    ['[youtube] x: Join this channel to get access to members-only content', 'private'],
    ['[youtube] x: Video unavailable', 'gone'],
    ['[youtube] x: This video has been removed by the uploader', 'gone'],
    ['[youtube] x: The account associated with this video has been terminated', 'gone'],
    [
      '[youtube] x: Video unavailable. The uploader has not made this video available in your country',
      'geo-blocked',
    ],
    ['[generic] Unable to download webpage: HTTP Error 404: Not Found', 'gone'],
    ['[generic] Unable to download webpage: HTTP Error 403: Forbidden', 'private'],
    ['[generic] Unable to download webpage: HTTP Error 429: Too Many Requests', 'throttled'],
    ['[generic] Unable to download webpage: HTTP Error 503: Service Unavailable', 'network'],
    ['unable to download video data: The read operation timed out', 'stalled'],
    ['[download] fragment 3 not found, unable to continue', 'network'],
    ['Unsupported URL: https://example.org', 'unsupported-site'],
    ['This video is DRM protected', 'encrypted'],
    ['something that nobody has seen yet', 'unknown'],
  ])('"%s" means %s', (message, reason) => {
    expect(reasonOf('[generic] Extracting URL', `ERROR: ${message}`)).toBe(reason);
  });

  it('are found among its other lines where it calls them none', () => {
    expect(reasonOf('[download] x does not pass filter (!is_live), skipping ..')).toBe(
      'live-stream',
    );
    const large = '[download] File is larger than max-filesize (9 bytes > 8 bytes). Aborting.';
    expect(reasonOf(large)).toBe('too-large');
    expect(reasonOf()).toBe('unknown');
  });

  it('say what it said, without its advice', () => {
    const line = 'ERROR: [x] Broken; please report this issue on https://example.org/issues';
    expect(ytDlpError(URL, [line]).message).toBe(`yt-dlp could not fetch ${URL}: [x] Broken`);
  });

  it('stop the run where no video would fare better', () => {
    const usage = ytDlpError(URL, ['yt-dlp: error: no such option: --x']);
    expect(usage).toMatchObject({ code: 'missing-dependency', stopsRun: true });
    const full = ytDlpError(URL, ['ERROR: [Errno 28] No space left on device']);
    expect(full).toMatchObject({ code: 'store-failed', stopsRun: true });
  });

  it('may concern nothing but subtitles', () => {
    const subtitle = "ERROR: Unable to download video subtitles for 'en': HTTP Error 429";
    expect(isSubtitleFailure([subtitle])).toBe(true);
    expect(isSubtitleFailure([subtitle, 'ERROR: [x] Video unavailable'])).toBe(false);
    expect(isSubtitleFailure([])).toBe(false);
  });
});
