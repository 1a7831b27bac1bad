import { escapeMarkup } from '../escape-markup.js';

/** A picture of a clip, with words under it. */
export type PagePicture = {
  /** JPEG; absent where the dataset has no sampled picture of the clip. */
  readonly jpeg?: Uint8Array;
  readonly caption: string;
};

/** A copy and the clip that is kept for it. */
export type PagePair = {
  readonly heading: string;
  readonly kept: PagePicture;
  readonly copy: PagePicture;
};

/**
 * A page that shows what was joined, for a person to look at: one HTML file that needs nothing else. All text is escaped, so that
 * no name of a file can become part of the page.
 *
 * @param summary lines above the pairs.
 */
export function copiesPage(
  title: string,
  summary: readonly string[],
  pairs: readonly PagePair[],
): string {
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    `<title>${escapeMarkup(title)}</title>`,
    '<style>',
    'body{font:14px/1.4 system-ui,sans-serif;margin:2rem;max-width:70rem}',
    'section{display:flex;flex-wrap:wrap;gap:1rem;border-top:1px solid #ccc;padding:1rem 0}',
    'h2{font-size:1rem;flex-basis:100%;margin:0}',
    'figure{margin:0;width:320px}img{max-width:320px;max-height:240px;display:block}',
    'figcaption{overflow-wrap:anywhere;color:#444}',
    '</style></head><body>',
    `<h1>${escapeMarkup(title)}</h1>`,
    ...summary.map((line) => `<p>${escapeMarkup(line)}</p>`),
    ...pairs.map(
      ({ heading, kept, copy }) =>
        `<section><h2>${escapeMarkup(heading)}</h2>${figure('kept', kept)}${figure('copy', copy)}</section>`,
    ),
    '</body></html>\n',
  ].join('\n');
}

function figure(role: string, { jpeg, caption }: PagePicture): string {
  const picture =
    jpeg === undefined
      ? '<p>no sampled picture</p>'
      : `<img alt="${role}" src="data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}">`;
  return `<figure>${picture}<figcaption>${role}: ${escapeMarkup(caption)}</figcaption></figure>`;
}
