import { basename } from 'node:path';

import {
  captionsTable,
  clipsTable,
  formatTimestamp,
  parseCondition,
  readStepTable,
  videosTable,
} from '@internvid/core';
import type { SubsetFunnelRow } from '@internvid/generation';

import { currentSteps, noteOldScores, type CurrentSteps } from '../current-steps.js';
import { UsageError } from '../exit.js';
import { print } from '../output.js';
import { searchCaptions } from '../search-captions.js';
import { readImage, searchLike, searchPictures, type SearchLimits } from '../search-pictures.js';
import { readSelectable } from '../select-clips.js';
import { openSession, wholeNumber, type CommonFlags, type Session } from '../session.js';
import { neededViclip, viclipSettings, type ViclipFlags } from '../viclip-model.js';
import { clipsLeft } from '../withdrawn.js';

/** Flags of `search`. */
export type SearchFlags = CommonFlags &
  ViclipFlags & {
    readonly limit: string;
    readonly like?: string;
    readonly image?: string;
    readonly where?: readonly string[];
  };

/** What is looked for. */
type Query = { readonly by: 'text' | 'clip' | 'image'; readonly query: string };

/** What was searched: the meaning of captions, what is seen together with the words of captions, or what is seen alone. */
type Searched = 'caption text' | 'pictures and caption words' | 'pictures';

/** A clip as a search found it. */
type Match = {
  readonly id: string;
  readonly similarity: number | undefined;
  readonly captionRank?: number;
  /** Scale of the caption to show. Default `fine`. */
  readonly scale?: string;
};

/** A clip found, best first. */
type Found = {
  readonly clip: string;
  readonly video: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Cosine, -1 to 1; null for a clip that only the words of its caption found. */
  readonly similarity: number | null;
  /** Rank from 1 by the words of the captions, where these were searched and have a word of the query. */
  readonly captionRank?: number;
  readonly caption: string;
};

/** `internvid search`: clips by what their captions say, and with a ViCLIP model by what they show. */
export async function search(
  dataset: string,
  text: string | undefined,
  flags: SearchFlags,
): Promise<void> {
  const query = queryOf(text, flags);
  const limit = wholeNumber('--limit', flags.limit, 1);
  const session = await openSession(flags, dataset);
  const steps = await currentSteps(session.store);
  const { allowed, funnel } = await clipsWhere(flags.where ?? [], steps, session);
  const limits = { limit, allowed };
  const { searched, matches } = await find(query, flags, steps, session, limits);
  const found = await describe(matches, session, steps);
  const where = funnel.length === 0 ? {} : { where: funnel.map((row) => ({ ...row })) };
  print(flags, { ...query, searched, ...where, clips: found }, () =>
    [
      WORDS[searched],
      ...funnel.map(formatRule),
      '',
      found.length === 0 ? 'No clip was found.' : found.map(formatFound).join('\n\n'),
    ].join('\n'),
  );
}

const WORDS: Readonly<Record<Searched, string>> = {
  'caption text': 'Searched the meaning of captions. The pictures were not looked at.',
  'pictures and caption words': 'Searched the pictures, and captions by their words.',
  pictures: 'Searched the pictures.',
};

function queryOf(text: string | undefined, { like, image }: SearchFlags): Query {
  const queries: Query[] = [
    ...(text === undefined ? [] : [{ by: 'text', query: text } as const]),
    ...(like === undefined ? [] : [{ by: 'clip', query: like } as const]),
    ...(image === undefined ? [] : [{ by: 'image', query: image } as const]),
  ];
  const [query] = queries;
  if (query === undefined || queries.length > 1 || query.query.trim() === '')
    throw new UsageError(
      'Say one thing to search for: a text such as "a dog in the snow", --like CLIP or --image FILE.',
    );
  return query;
}

async function clipsWhere(
  conditions: readonly string[],
  steps: CurrentSteps,
  { store, signal }: Session,
): Promise<Pick<SearchLimits, 'allowed'> & { readonly funnel: readonly SubsetFunnelRow[] }> {
  if (conditions.length === 0)
    return { allowed: await clipsLeft(store, steps, signal), funnel: [] };
  noteOldScores(steps, store);
  const { selectClips } = await import('@internvid/generation');
  const where = conditions.map(parseCondition);
  const { clips, funnel } = await selectClips(readSelectable(store, steps, signal), { where });
  return { allowed: new Set(clips.map(({ clip }) => clip)), funnel };
}

async function find(
  { by, query }: Query,
  flags: SearchFlags,
  steps: CurrentSteps,
  session: Session,
  limits: SearchLimits,
): Promise<{ readonly searched: Searched; readonly matches: readonly Match[] }> {
  const { config } = session;
  if (by === 'clip')
    return { searched: 'pictures', matches: await searchLike(query, steps, session, limits) };
  if (by === 'image') {
    const settings = neededViclip(config, flags);
    const picture = await readImage(query);
    const matches = await searchPictures({ picture }, steps, settings, session, limits);
    return { searched: 'pictures', matches };
  }
  const settings = viclipSettings(config, flags);
  const hasVectors = steps.fresh('embed-clips') !== undefined;
  if (settings !== undefined && (hasVectors || flags.model !== undefined)) {
    const matches = await searchPictures({ text: query }, steps, settings, session, limits);
    return { searched: 'pictures and caption words', matches };
  }
  if (settings !== undefined) noteNoVectors(session);
  return { searched: 'caption text', matches: await searchCaptions(query, session, limits) };
}

/** Says on stderr why the configured model was not used. */
function noteNoVectors({ store: { location } }: Session): void {
  process.stderr.write(
    `${location} has no vectors of its clips as they are now, so captions are searched. Make them: internvid embed ${location}\n`,
  );
}

async function describe(
  matches: readonly Match[],
  { store, signal }: Session,
  steps: CurrentSteps,
): Promise<Found[]> {
  const hits = new Map(matches.map((match) => [match.id, match]));
  const captions = new Map<string, string>();
  for await (const { clip, scale, text } of readStepTable(
    store,
    steps.need('caption'),
    captionsTable,
    signal,
  )) {
    const hit = hits.get(clip);
    if (hit !== undefined && scale === (hit.scale ?? 'fine')) captions.set(clip, text);
  }
  const files = new Map<string, string>();
  for await (const { id, uri } of readStepTable(store, steps.need('collect'), videosTable, signal))
    files.set(id, uri);
  const found = new Map<string, Found>();
  for await (const { id, video, span } of readStepTable(
    store,
    steps.need('split'),
    clipsTable,
    signal,
  )) {
    const hit = hits.get(id);
    if (hit === undefined) continue;
    const { similarity = null, captionRank } = hit;
    found.set(id, {
      clip: id,
      video: files.get(video) ?? video,
      ...span,
      similarity,
      ...(captionRank === undefined ? {} : { captionRank }),
      caption: captions.get(id) ?? '',
    });
  }
  return matches.flatMap(({ id }) => found.get(id) ?? []);
}

function formatRule({ rule, in: all, kept, missing }: SubsetFunnelRow): string {
  const without = missing > 0 ? `, ${missing} without such a value` : '';
  return `Only where ${rule}: ${kept} of ${all} clips${without}.`;
}

function formatFound(
  { clip, video, startMs, endMs, similarity, captionRank, caption }: Found,
  place: number,
): string {
  const times = `${formatTimestamp(startMs)} to ${formatTimestamp(endMs)}`;
  const words = captionRank === undefined ? '' : `  words #${captionRank}`;
  const cosine = similarity?.toFixed(3) ?? '  -  ';
  return `${String(place + 1).padStart(2)}. ${cosine}${words}  ${basename(video)}  ${times}  ${clip}\n    ${caption}`;
}
