import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import {
  canonicalJson,
  captionsTable,
  embeddingsTable,
  listReports,
  readStepTable,
  ToolkitError,
  type Embedding,
  type StepKey,
} from '@internvid/core';
import type { Picture } from '@internvid/core/media';
import type { ClipMatch, ClipQuery, FullTextIndex, VectorIndex } from '@internvid/viclip';

import type { CurrentSteps } from './current-steps.js';
import type { Session } from './session.js';
import { openViclip, type ViclipSettings } from './viclip-model.js';
import { withResource } from './with-resource.js';

/** How many clips to find, and among which. */
export type SearchLimits = {
  readonly limit: number;
  /** Undefined: among all. */
  readonly allowed: ReadonlySet<string> | undefined;
};

/**
 * The step that the vectors of clips are of.
 *
 * @throws ToolkitError `not-found` where there are none, or only of clips as they were before.
 */
export function clipVectorsOf(
  steps: Pick<CurrentSteps, 'need' | 'fresh'>,
  { store }: Session,
): StepKey {
  const step = steps.need('embed-clips');
  if (steps.fresh('embed-clips') !== undefined) return step;
  throw new ToolkitError(
    'not-found',
    `The vectors in ${store.location} are of older clips. Make them anew: internvid embed ${store.location} --model FOLDER`,
  );
}

/** Clips by what they show: with a text also by the words of their captions. The model must be the one that made the vectors. */
export async function searchPictures(
  query: ClipQuery,
  steps: CurrentSteps,
  settings: ViclipSettings,
  session: Session,
  { limit, allowed }: SearchLimits,
): Promise<readonly ClipMatch[]> {
  const { clipSearch } = await import('@internvid/viclip');
  const { signal } = session;
  const path = await vectorFile(clipVectorsOf(steps, session), session);
  return withResource(openViclip(settings, signal), (encoder) =>
    withVectors(path, async (clips) => {
      const captions = 'text' in query ? { captions: await captionWords(steps, session) } : {};
      const search = clipSearch({ encoder, clips, ...captions });
      return search.search(query, { limit, signal, ...whereOf(allowed) });
    }),
  );
}

/** Clips that look like a clip, without it. No model is needed: the clip's own vector is the query. */
export async function searchLike(
  clip: string,
  steps: CurrentSteps,
  session: Session,
  { limit, allowed }: SearchLimits,
): Promise<readonly ClipMatch[]> {
  const path = await vectorFile(clipVectorsOf(steps, session), session);
  return withVectors(path, async (clips) => {
    const vector = await clips.vectorOf(clip);
    if (vector === undefined)
      throw new ToolkitError(
        'not-found',
        `There is no vector of the clip "${clip}". A search shows the ids of clips.`,
      );
    const { signal } = session;
    const matches = await clips.search(vector, { limit: limit + 1, signal, ...whereOf(allowed) });
    return matches.filter(({ id }) => id !== clip).slice(0, limit);
  });
}

/**
 * Reads a picture in any format that sharp reads.
 *
 * @throws ToolkitError `unreadable` for what is none.
 */
export async function readImage(path: string): Promise<Picture> {
  const { decodeJpeg } = await import('@internvid/core/media');
  try {
    return await decodeJpeg(await readFile(path));
  } catch (cause) {
    throw new ToolkitError('unreadable', `${path} cannot be read as a picture.`, { cause });
  }
}

function whereOf(allowed: ReadonlySet<string> | undefined): { where?: (id: string) => boolean } {
  return allowed === undefined ? {} : { where: (id) => allowed.has(id) };
}

async function withVectors<Out>(
  path: string,
  work: (clips: VectorIndex) => Promise<Out>,
): Promise<Out> {
  const { openVectorIndex } = await import('@internvid/viclip');
  return withResource(openVectorIndex(path), work);
}

async function captionWords(
  { need }: CurrentSteps,
  { store, signal }: Session,
): Promise<FullTextIndex> {
  const { fullTextIndex } = await import('@internvid/viclip');
  const words = fullTextIndex();
  for await (const { clip, scale, text } of readStepTable(
    store,
    need('caption'),
    captionsTable,
    signal,
  )) {
    if (scale !== 'frame') words.add(clip, text);
  }
  return words;
}

/** All vectors of a step in one file, which is kept in the dataset until one of them changes. */
async function vectorFile(step: StepKey, { store, signal }: Session): Promise<string> {
  const { writeVectorFile } = await import('@internvid/viclip');
  const hash = createHash('sha256').update(step.fingerprint);
  for await (const { outputs } of listReports(store, step)) hash.update(canonicalJson(outputs));
  const folder = join(store.location, 'search');
  const path = join(folder, `clips-${hash.digest('hex').slice(0, 16)}.safetensors`);
  if (existsSync(path)) return path;
  const rows = readStepTable(store, step, embeddingsTable, signal);
  const first = await rows.next();
  if (first.done === true)
    throw new ToolkitError('not-found', `${store.location} has no vectors of clips.`);
  await rm(folder, { recursive: true, force: true });
  const { vector, by } = first.value;
  const vectors = withIds(first.value, rows);
  await writeVectorFile(path, vectors, { dimension: vector.length, by, signal });
  return path;
}

async function* withIds(
  first: Embedding,
  rest: AsyncIterable<Embedding>,
): AsyncGenerator<{ readonly id: string; readonly vector: Float32Array }> {
  yield { id: first.clip, vector: first.vector };
  for await (const { clip, vector } of rest) yield { id: clip, vector };
}
