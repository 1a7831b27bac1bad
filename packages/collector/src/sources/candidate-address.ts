import { sha256, slug } from '@internvid/core';
import type { VideoCandidate } from '../download/candidate.js';
import { VIDEO_EXTENSIONS } from './find-files.js';
import { RowProblem } from './row-meaning.js';
import { siteIdOf, youtubeUrl } from './site-id.js';

/** An address and what follows from it. */
export type CandidateAddress = Pick<VideoCandidate, 'id' | 'url' | 'via'> & {
  /** The same for all addresses of one video that can be told to be the same. */
  readonly key: string;
};

/**
 * What an address says: the id (`youtube-<id>`, or the file's name and a hash of the address), and who fetches it. A path with the
 * ending of a video file is fetched directly; a page, a stream or an address without an ending goes through yt-dlp, which knows both.
 *
 * @throws RowProblem for what is no http or https address.
 */
export function candidateAddress(text: string): CandidateAddress {
  const url = normalAddress(text);
  const site = siteIdOf(url.href);
  if (site !== undefined) {
    const id = `${site.site}-${site.id}`;
    const href = site.site === 'youtube' ? youtubeUrl(site.id) : url.href;
    return { key: id, id, url: href, via: 'yt-dlp' };
  }
  const name = decodeName(url.pathname.split('/').at(-1) ?? '');
  const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase();
  const isFile = ending !== undefined && VIDEO_EXTENSIONS.includes(ending);
  const readable = name === '' ? url.hostname : name.replace(/\.[^.]+$/, '');
  return {
    key: url.href,
    id: `${slug(readable)}-${sha256(url.href).slice(0, 12)}`,
    url: url.href,
    via: isFile ? 'http' : 'yt-dlp',
  };
}

function normalAddress(text: string): URL {
  const trimmed = text.trim();
  const isBare = /^(?:www\.|m\.|youtu\.be\/|youtube\.com\/|vimeo\.com\/)/i.test(trimmed);
  let url: URL;
  try {
    url = new URL(isBare ? `https://${trimmed}` : trimmed);
  } catch {
    throw new RowProblem(`"${shorten(trimmed)}" is not an address`);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new RowProblem(`"${shorten(trimmed)}" is not an http or https address`);
  }
  url.hash = '';
  return url;
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Text of the outside world for a message: one line of at most 80 characters. */
export function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
