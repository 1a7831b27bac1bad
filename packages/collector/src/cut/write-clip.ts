import type { FileHandle } from 'node:fs/promises';

import type { ClipTrack, Sample } from './clip-track.js';
import { makeBox } from './mp4-boxes.js';
import { readAt, withFile } from './mp4-file.js';
import { makeIndex, type Chunk, type PlacedTrack } from './mp4-index.js';
import { markBrokenLink, withParameterSets } from './nal-units.js';

/** Samples that are written behind one another, in seconds: pictures and sound lie near what is played at the same time. */
const INTERLEAVED_SECONDS = 1;

const FILE_TYPE = makeBox('ftyp', Buffer.from('isom\0\0\x02\0isomiso2mp41', 'latin1'));

/** Writes tracks as an MP4 file, index first, and gives its size in bytes. */
export async function writeClip(tracks: readonly ClipTrack[], to: string): Promise<number> {
  const chunks = interleave(tracks);
  const place = (start: number): readonly PlacedTrack[] => placeChunks(tracks, chunks, start);
  const dataStart = FILE_TYPE.length + makeIndex(place(0)).length + 16;
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.bytes, 0);
  const dataHeader = Buffer.alloc(16);
  dataHeader.writeUInt32BE(1);
  dataHeader.write('mdat', 4, 'latin1');
  dataHeader.writeBigUInt64BE(BigInt(16 + bytes), 8);
  const write = async (out: FileHandle): Promise<void> => {
    await out.appendFile(Buffer.concat([FILE_TYPE, makeIndex(place(dataStart)), dataHeader]));
    await appendSamples(
      out,
      chunks.flatMap(({ samples }) => samples),
    );
  };
  await withFile(to, write, 'w');
  return dataStart + bytes;
}

type PlannedChunk = {
  readonly track: number;
  readonly second: number;
  readonly first: number;
  readonly samples: Sample[];
  bytes: number;
};

function interleave(tracks: readonly ClipTrack[]): readonly PlannedChunk[] {
  return tracks.flatMap(chunksOf).sort((a, b) => a.second - b.second || a.track - b.track);
}

function chunksOf({ samples, durations, timescale }: ClipTrack, track: number): PlannedChunk[] {
  const chunks: PlannedChunk[] = [];
  let ticks = 0;
  for (const [at, sample] of samples.entries()) {
    const second = Math.floor(ticks / timescale / INTERLEAVED_SECONDS);
    if (chunks.at(-1)?.second !== second) {
      chunks.push({ track, second, first: at, samples: [], bytes: 0 });
    }
    const chunk = chunks.at(-1);
    chunk?.samples.push(sample);
    if (chunk !== undefined) chunk.bytes += sample.size + (sample.sets?.bytes.length ?? 0);
    ticks += durations[at] ?? 0;
  }
  return chunks;
}

function placeChunks(
  tracks: readonly ClipTrack[],
  planned: readonly PlannedChunk[],
  start: number,
): readonly PlacedTrack[] {
  const chunks = tracks.map((): Chunk[] => []);
  let offset = start;
  for (const { track, first, samples, bytes } of planned) {
    chunks[track]?.push({ first, count: samples.length, offset });
    offset += bytes;
  }
  return tracks.map((track, at) => ({ track, chunks: chunks[at] ?? [] }));
}

async function appendSamples(out: FileHandle, samples: readonly Sample[]): Promise<void> {
  for (let at = 0; at < samples.length;) {
    const run = runOf(samples, at);
    const path = samples[at]?.path ?? '';
    await withFile(path, (file) => appendRun(out, file, run));
    at += run.length;
  }
}

/** The samples from one on that lie in the same file. */
function runOf(samples: readonly Sample[], from: number): readonly Sample[] {
  const path = samples[from]?.path;
  const after = samples.findIndex((sample, at) => at > from && sample.path !== path);
  return samples.slice(from, after < 0 ? samples.length : after);
}

const WRITTEN_AT_ONCE = 1 << 20;

async function appendRun(
  out: FileHandle,
  file: FileHandle,
  samples: readonly Sample[],
): Promise<void> {
  let start = 0;
  let end = 0;
  const flush = async (): Promise<void> => {
    if (end > start) await out.appendFile(await readAt(file, start, end));
  };
  for (const { offset, size, sets, isSplice = false } of samples) {
    const isAsIs = sets === undefined && !isSplice;
    if (!isAsIs || offset !== end || end - start > WRITTEN_AT_ONCE) {
      await flush();
      start = offset;
    }
    end = isAsIs ? offset + size : start;
    if (isAsIs) continue;
    const sample = await readAt(file, offset, offset + size);
    if (isSplice) markBrokenLink(sample);
    await out.appendFile(sets === undefined ? sample : withParameterSets(sample, sets));
  }
  await flush();
}
