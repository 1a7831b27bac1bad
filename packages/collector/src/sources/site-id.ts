/** A video as the site that shows it names it. */
export type SiteId = { readonly site: 'youtube' | 'vimeo'; readonly id: string };

const YOUTUBE_HOST = /(?:^|\.)(?:youtube\.com|youtube-nocookie\.com)$/;
const YOUTUBE_ID = /^[A-Za-z0-9_-]{11}$/;

/**
 * The site's own id in an address: YouTube's in all its forms (`watch?v=`, `youtu.be/`, `embed/`, `shorts/`, `live/`, `v/`, any
 * language or mobile host, with or without times and lists) and Vimeo's.
 *
 * @returns undefined for other sites, and for pages that are not one video.
 */
export function siteIdOf(url: string): SiteId | undefined {
  let address: URL;
  try {
    address = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `https://${url}`);
  } catch {
    return undefined;
  }
  const host = address.hostname.replace(/\.$/, '');
  const parts = address.pathname.split('/').filter((part) => part !== '');
  if (host === 'youtu.be' || host === 'www.youtu.be') return youtube(parts[0]);
  if (YOUTUBE_HOST.test(host)) return youtube(inYoutubePath(parts, address.searchParams));
  if (/(?:^|\.)vimeo\.com$/.test(host)) {
    const id = parts.find((part) => /^\d{5,12}$/.test(part));
    return id === undefined ? undefined : { site: 'vimeo', id };
  }
  return undefined;
}

function inYoutubePath(parts: readonly string[], query: URLSearchParams): string | undefined {
  const [first = '', second] = parts;
  if (['embed', 'shorts', 'live', 'v', 'e', 'vi'].includes(first)) return second;
  if (first === 'watch') return query.get('v') ?? second;
  if (first === 'attribution_link') {
    return /[?&]v=([\w-]{11})/.exec(query.get('u') ?? '')?.[1];
  }
  return undefined;
}

function youtube(id: string | undefined): SiteId | undefined {
  return id !== undefined && YOUTUBE_ID.test(id) ? { site: 'youtube', id } : undefined;
}

/** Whether a text has the shape of a YouTube id: 11 letters, digits, `_` and `-`. */
export function isYoutubeId(text: string): boolean {
  return YOUTUBE_ID.test(text);
}

/** The address of a YouTube video's own page. */
export function youtubeUrl(id: string): string {
  return `https://www.youtube.com/watch?v=${id}`;
}
