import { basename } from 'node:path';

import {
  captionsTable,
  clipsTable,
  formatTimestamp,
  readStepTable,
  videosTable,
  type JsonObject,
} from '@internvid/core';

import { currentSteps, readEmbeddings, type CurrentSteps } from '../dataset.js';
import { UsageError } from '../exit.js';
import { print } from '../output.js';
import { openSession, wholeNumber, type CommonFlags, type Session } from '../session.js';
import { withResource } from '../with-resource.js';
import { openSentenceEncoder } from '../work.js';

/** A clip found: how similar its best caption is to the query, cosine from -1 to 1. */
type Found = {
  readonly clip: string;
  readonly video: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly similarity: number;
  readonly caption: string;
};

/** `internvid search`: clips by what their captions say. */
export async function search(
  dataset: string,
  text: string,
  flags: CommonFlags & { readonly limit: string },
): Promise<void> {
  if (text.trim() === '')
    throw new UsageError('Say what to search for: internvid search DATASET "a dog in the snow".');
  const limit = wholeNumber('--limit', flags.limit, 1);
  const session = await openSession(flags, dataset);
  const steps = await currentSteps(session.store);
  const found = await describe(await nearest(session, text, limit), session, steps);
  const result: JsonObject = { query: text, searched: 'caption text', clips: found };
  print(flags, result, () =>
    found.length === 0
      ? 'The dataset has no captions to search.'
      : found.map(formatFound).join('\n\n'),
  );
}

async function nearest(session: Session, text: string, limit: number): Promise<Map<string, Hit>> {
  const { exactIndex } = await import('@internvid/viclip');
  const best = new Map<string, Hit>();
  await withResource(openSentenceEncoder(), async (encoder) => {
    const index = exactIndex(encoder.dimension);
    for await (const { clip, of, vector } of readEmbeddings(session.store, session.signal)) {
      index.add(`${clip} ${of}`, vector);
    }
    const [query] = await encoder.embedTexts([text], session.signal);
    if (query === undefined || index.size === 0) return;
    for (const { id, similarity } of index.search(query, { limit: index.size })) {
      const [clip = '', of = ''] = id.split(' ');
      if (!best.has(clip)) best.set(clip, { similarity, scale: of.replace('caption-', '') });
      if (best.size === limit) break;
    }
  });
  return best;
}

type Hit = { readonly similarity: number; readonly scale: string };

async function describe(
  hits: Map<string, Hit>,
  session: Session,
  steps: CurrentSteps,
): Promise<Found[]> {
  const { store, signal } = session;
  const captions = new Map<string, string>();
  for await (const { clip, scale, text } of readStepTable(
    store,
    steps.need('caption'),
    captionsTable,
    signal,
  )) {
    if (hits.get(clip)?.scale === scale) captions.set(clip, text);
  }
  const files = new Map<string, string>();
  for await (const { id, uri } of readStepTable(store, steps.need('collect'), videosTable, signal))
    files.set(id, uri);
  const found: Found[] = [];
  for await (const { id, video, span } of readStepTable(
    store,
    steps.need('split'),
    clipsTable,
    signal,
  )) {
    const hit = hits.get(id);
    if (hit === undefined) continue;
    const { similarity } = hit;
    found.push({
      clip: id,
      video: files.get(video) ?? video,
      ...span,
      similarity,
      caption: captions.get(id) ?? '',
    });
  }
  return found.sort((a, b) => b.similarity - a.similarity);
}

function formatFound({ video, startMs, endMs, similarity, caption }: Found, place: number): string {
  const where = `${basename(video)}  ${formatTimestamp(startMs)} to ${formatTimestamp(endMs)}`;
  return `${String(place + 1).padStart(2)}. ${similarity.toFixed(3)}  ${where}\n    ${caption}`;
}
