import { ToolkitError } from '@internvid/core';

/** What is listed: a search of a site, or an address: a channel, a playlist, a feed, a page. */
export type ListingTarget =
  | {
      readonly kind: 'search';
      readonly text: string;
      readonly query: string;
      readonly count: number;
    }
  | { readonly kind: 'address'; readonly text: string };

const MAX_COUNT = 1_000;
const MAX_QUERY_CHARACTERS = 200;

/**
 * Reads what is to be listed: yt-dlp's form of a search (`ytsearch20:slicing bread`; 1 to 1,000 hits, or one without a number), or an
 * http or https address.
 *
 * @throws ToolkitError `invalid-config` for anything else.
 */
export function listingTarget(text: string): ListingTarget {
  const trimmed = text.trim();
  const search = /^([a-z]{2,20}search(?:date)?)(\d{0,6}):(.*)$/s.exec(trimmed);
  if (search !== null) {
    const [, site = '', number = '', words = ''] = search;
    const query = words.replace(/\s+/g, ' ').trim();
    const count = number === '' ? 1 : Number(number);
    if (query === '' || query.length > MAX_QUERY_CHARACTERS || count < 1 || count > MAX_COUNT) {
      throw refused(
        trimmed,
        `a search asks for 1 to ${MAX_COUNT} hits with 1 to ${MAX_QUERY_CHARACTERS} characters`,
      );
    }
    return { kind: 'search', text: `${site}${count}:${query}`, query, count };
  }
  if (/^https?:\/\//i.test(trimmed) && URL.canParse(trimmed)) {
    return { kind: 'address', text: new URL(trimmed).href };
  }
  throw refused(
    trimmed,
    'it is neither an http or https address nor a search like "ytsearch20:slicing bread"',
  );
}

function refused(text: string, why: string): ToolkitError {
  const message = `"${text.slice(0, 100)}" cannot be listed: ${why}.`;
  return new ToolkitError('invalid-config', message);
}
