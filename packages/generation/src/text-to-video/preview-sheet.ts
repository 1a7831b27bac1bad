import { formatTimestamp, type Store } from '@internvid/core';
import { decodeJpeg, encodeJpeg, fitWithin, readPicture } from '@internvid/core/media';

import type { ChosenRow } from './choose-rows.js';
import type { TextToVideoRow } from './text-to-video-row.js';
import { escapeMarkup } from '../escape-markup.js';

/** Clips shown of each bucket, the first ones. */
const CLIPS_OF_BUCKET = 12;
const THUMBNAIL = 192;

/** Collects what a person should see of each bucket. */
export interface PreviewSheet {
  /** Shows the clip where its bucket has room. */
  add(chosen: ChosenRow): Promise<void>;
  /** An HTML page that needs nothing beside it. */
  page(title: string, counts: Readonly<Record<string, number>>): string;
}

/** An empty sheet. Pictures are the sampled frames of the store, cropped as the clip is. */
export function previewSheet(store: Store, signal: AbortSignal | undefined): PreviewSheet {
  const shown = new Map<string, string[]>();
  return {
    async add(chosen) {
      const { bucket } = chosen.row;
      const figures = shown.get(bucket) ?? [];
      shown.set(bucket, figures);
      if (figures.length < CLIPS_OF_BUCKET) figures.push(await figure(chosen, store, signal));
    },
    page(title, counts) {
      const sections = [...shown].sort(byArea).map(([bucket, figures]) => {
        const count = counts[bucket] ?? figures.length;
        const first = count > figures.length ? `, the first ${figures.length}` : '';
        return `<section><h2>${escapeMarkup(bucket)}</h2><p>${count} ${count === 1 ? 'clip' : 'clips'}${first}</p><div>${figures.join('\n')}</div></section>`;
      });
      return `<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>${escapeMarkup(title)}</title>\n<style>${STYLE}</style>\n<h1>${escapeMarkup(title)}</h1>\n${sections.join('\n')}\n</html>\n`;
    },
  };
}

async function figure(
  { sample, row }: ChosenRow,
  store: Store,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { frames } = sample;
  const places = [...new Set([0, Math.floor(frames.length / 2), frames.length - 1])];
  const pictures: string[] = [];
  for (const place of places) {
    const frame = frames[place];
    if (frame === undefined) continue;
    const size = fitWithin(frame, THUMBNAIL);
    const picture = await decodeJpeg(await readPicture(store, frame, signal), { size });
    const jpeg = Buffer.from(await encodeJpeg(picture)).toString('base64');
    pictures.push(window(`data:image/jpeg;base64,${jpeg}`, row));
  }
  const times = `${formatTimestamp(row.start_ms)} to ${formatTimestamp(row.end_ms)}`;
  const facts = [
    row.camera,
    row.motion_score === undefined ? undefined : `motion ${row.motion_score.toFixed(3)}`,
    row.aesthetic_score === undefined ? undefined : `aesthetic ${row.aesthetic_score.toFixed(2)}`,
    row.caption_form,
  ].filter((fact) => fact !== undefined);
  return `<figure><div class="frames">${pictures.join('')}</div><figcaption><p>${escapeMarkup(row.caption)}</p><small>${escapeMarkup(row.clip_id)}<br>${times} · ${escapeMarkup(facts.join(' · '))}</small></figcaption></figure>`;
}

/** The picture behind a window of the bucket's shape, placed where the crop is. */
function window(picture: string, row: TextToVideoRow): string {
  const height = 108;
  const width = Math.round((height * row.width) / row.height);
  const scale = width / row.crop_width;
  const place = [
    `width:${(row.source_width * scale).toFixed(1)}px`,
    `height:${(row.source_height * (height / row.crop_height)).toFixed(1)}px`,
    `left:${(-row.crop_left * scale).toFixed(1)}px`,
    `top:${(-row.crop_top * (height / row.crop_height)).toFixed(1)}px`,
  ].join(';');
  return `<span style="width:${width}px;height:${height}px"><img alt="" src="${picture}" style="${place}"></span>`;
}

const STYLE = [
  'body{font:14px/1.4 system-ui,sans-serif;margin:24px;color:#222;background:#fff}',
  'h2{font-size:16px;margin:24px 0 0}p{margin:2px 0}section>div{display:flex;flex-wrap:wrap;gap:16px}',
  'figure{margin:8px 0;max-width:640px}.frames{display:flex;gap:2px}',
  '.frames span{position:relative;overflow:hidden;flex:none}.frames img{position:absolute}',
  'figcaption{max-width:560px;overflow-wrap:anywhere}small{color:#666}',
].join('');

function byArea([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
