import { ToolkitError } from '@internvid/core';

import { checkTar, isWholeJpeg, splitName } from './check-tar.js';
import { type CheckedExport, type Finding, foreignRow, wrongCount, wrongTimes } from './finding.js';
import type { KnownDataset } from '../known-dataset.js';
import { MANIFEST, type ExportedFile } from './manifest.js';
import { mp4Fault } from './mp4-fault.js';
import { asSampleRow, type SampleRow } from './sample-row.js';
import { SHARD_INDEX } from './webdataset.js';

type Parts = Map<string, Uint8Array>;

/** Looks into a WebDataset export: whole tars, whole samples, the same parts in each, rows and pictures that can be read. */
export async function* checkWebDataset(checked: CheckedExport): AsyncGenerator<Finding> {
  const seen = new Map<string, string>();
  const { parts } = checked.settings;
  if (!Array.isArray(parts)) {
    yield {
      file: MANIFEST,
      problem: 'bad-manifest',
      message: 'It does not say which parts a sample has.',
    };
    return;
  }
  const wanted = parts.map(String).sort().join(', ');
  const shards = checked.files.filter(({ samples }) => samples !== undefined);
  for (const shard of shards) yield* checkShard(checked, shard, seen, wanted);
  yield* checkIndex(checked, shards);
}

async function* checkShard(
  checked: CheckedExport,
  shard: ExportedFile,
  seen: Map<string, string>,
  wanted: string,
): AsyncGenerator<Finding> {
  const file = shard.name;
  const keys = new Set<string>();
  let sample: { readonly key: string; readonly parts: Parts } | undefined;
  const isWhole = yield* checkTar(checked, file, function* ({ name, bytes }) {
    const [clip, part] = splitName(name);
    if (sample?.key !== clip) {
      if (sample !== undefined) yield* checkSample(checked, file, sample, wanted);
      yield* repeated(file, clip, keys, seen);
      keys.add(clip);
      seen.set(clip, file);
      sample = { key: clip, parts: new Map() };
    }
    if (sample.parts.has(part))
      yield { file, problem: 'duplicate-part', message: `${name} is there twice.` };
    sample.parts.set(part, bytes);
  });
  if (!isWhole) return;
  if (sample !== undefined) yield* checkSample(checked, file, sample, wanted);
  yield* wrongCount(shard, keys.size);
}

function* repeated(
  file: string,
  clip: string,
  keys: ReadonlySet<string>,
  seen: ReadonlyMap<string, string>,
): Generator<Finding> {
  const earlier = seen.get(clip);
  if (keys.has(clip))
    yield { file, problem: 'split-key', message: `The parts of ${clip} do not lie together.` };
  else if (earlier !== undefined)
    yield { file, problem: 'duplicate-key', message: `${clip} is in ${earlier} as well.` };
}

function* checkSample(
  { known }: CheckedExport,
  file: string,
  { key, parts }: { readonly key: string; readonly parts: Parts },
  wanted: string,
): Generator<Finding> {
  const found = [...parts.keys()].sort().join(', ');
  if (found !== wanted) {
    const message = `${key} has the parts ${found}; the samples of this export have ${wanted}.`;
    yield { file, problem: 'different-parts', message };
  }
  const json = parts.get('json');
  if (json !== undefined) yield* checkRow(file, key, { json, txt: parts.get('txt'), known });
  const picture = parts.get('jpg');
  if (picture !== undefined && !isWholeJpeg(picture)) {
    yield { file, problem: 'bad-picture', message: `${key}.jpg is not a whole JPEG.` };
  }
  const clip = parts.get('mp4');
  const fault = clip === undefined ? undefined : mp4Fault(clip);
  if (fault !== undefined)
    yield { file, problem: 'unreadable-clip', message: `${key}.mp4 is no whole MP4: ${fault}.` };
}

function* checkRow(file: string, key: string, { json, txt, known }: RowParts): Generator<Finding> {
  const row = rowOrMessage(json);
  if (typeof row === 'string') {
    yield { file, problem: 'bad-row', message: `${key}.json: ${row}` };
    return;
  }
  if (row.clip_id !== key)
    yield { file, problem: 'wrong-key', message: `${key}.json is about the clip ${row.clip_id}.` };
  if (txt !== undefined && Buffer.from(txt).toString('utf8') !== row.caption) {
    yield {
      file,
      problem: 'different-captions',
      message: `${key}.txt is not the caption of ${key}.json.`,
    };
  }
  yield* wrongTimes(file, row);
  yield* foreignRow(file, row, known);
}

type RowParts = {
  readonly json: Uint8Array;
  readonly txt: Uint8Array | undefined;
  readonly known: KnownDataset | undefined;
};

function rowOrMessage(json: Uint8Array): SampleRow | string {
  try {
    return asSampleRow(JSON.parse(Buffer.from(json).toString('utf8')));
  } catch (error) {
    if (error instanceof SyntaxError) return 'it is not JSON.';
    if (ToolkitError.is(error)) return error.message;
    throw error;
  }
}

/** Finds an `index.json` that does not name the shards that there are. */
export async function* checkIndex(
  { store, prefix, files, signal }: Pick<CheckedExport, 'store' | 'prefix' | 'files' | 'signal'>,
  shards: readonly ExportedFile[],
): AsyncGenerator<Finding> {
  if (!files.some((file) => file.name === SHARD_INDEX)) return;
  const text = Buffer.from(
    await store.read(`${prefix}/${SHARD_INDEX}`, undefined, signal),
  ).toString('utf8');
  const wanted = shards.map((shard) => `${shard.name} ${shard.samples ?? 0}`).join('\n');
  if (shardLines(text) === wanted) return;
  yield {
    file: SHARD_INDEX,
    problem: 'wrong-index',
    message: 'It does not name the shards and counts that are there.',
  };
}

function shardLines(text: string): string | undefined {
  try {
    const { shardlist } = JSON.parse(text) as {
      shardlist: readonly { url: string; nsamples: number }[];
    };
    return shardlist.map((shard) => `${shard.url} ${shard.nsamples}`).join('\n');
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}
