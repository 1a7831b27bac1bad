import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ToolkitError } from '@internvid/core';
import { decodeJpeg, type FrameReader, type Picture } from '@internvid/core/media';

import { framesNear } from '../../preprocess/clip-pictures.js';
import { readTarPlace, tarIndex, type TarPlace } from './tar-index.js';
import type { ClipPicture, TrainingClip, TrainingClips } from './training-clip.js';

/** Where shards are, and what reads their films. */
export type ShardClipsOptions = {
  /** A folder of `.tar` files in the form of webdataset, as `internvid export --format webdataset` writes them. */
  readonly folder: string;
  /** File names in the folder, where not all shards in it are meant. */
  readonly names?: readonly string[] | undefined;
  /** Decodes the `.mp4` parts. Without it, clips show their `.jpg` alone. */
  readonly frames?: FrameReader | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** What is read of a sample. `frame` parts are `.jpg`, `.0.jpg`, `.001.jpg` and so on, in their order. */
type Parts = { readonly tar: string; readonly places: Map<string, TarPlace> };

const PICTURE = /^(?:(\d+)\.)?(?:jpe?g|png|webp)$/;

/**
 * The clips of WebDataset shards: those parts of a sample that share what their names have before the first dot. The caption is
 * `.txt`, or `caption` of `.json`; the video is `video_id` of `.json`, or else the sample itself. The pictures come from `.mp4`,
 * decoded, or from the pictures that lie there. A sample without a caption or a picture is left out.
 *
 * @throws ToolkitError `not-found` for a folder without shards, `corrupt` for one that is no whole tar.
 */
export async function shardClips(options: ShardClipsOptions): Promise<TrainingClips> {
  const { folder, frames, signal } = options;
  const all = options.names ?? (await listed(folder)).filter((name) => name.endsWith('.tar'));
  const names = [...all].sort();
  if (names.length === 0)
    throw new ToolkitError('not-found', `There are no .tar files in ${folder}.`);
  const clips: TrainingClip[] = [];
  for (const name of names) {
    const tar = join(folder, name);
    for (const [key, places] of samplesOf(await tarIndex(tar, signal))) {
      const clip = await trainingClip(key, { tar, places }, frames);
      if (clip !== undefined) clips.push(clip);
    }
  }
  return { location: folder, clips };
}

function samplesOf(places: readonly TarPlace[]): ReadonlyMap<string, Map<string, TarPlace>> {
  const samples = new Map<string, Map<string, TarPlace>>();
  for (const place of places) {
    const [, key, part] = /^((?:.*\/)?[^./]*)\.([^/]+)$/.exec(place.name) ?? [];
    if (key === undefined || part === undefined || key === '') continue;
    const parts = samples.get(key) ?? new Map<string, TarPlace>();
    samples.set(key, parts.set(part.toLowerCase(), place));
  }
  return samples;
}

async function trainingClip(
  id: string,
  parts: Parts,
  frames: FrameReader | undefined,
): Promise<TrainingClip | undefined> {
  const { tar, places } = parts;
  const about = await readAbout(tar, places.get('json'));
  const text = places.get('txt');
  const caption =
    text === undefined
      ? about.caption
      : Buffer.from(await readTarPlace(tar, text)).toString('utf8');
  const film = places.get('mp4');
  const pictures = [...places.keys()].filter((part) => PICTURE.test(part)).sort(byNumber);
  if (caption === undefined || caption.trim() === '') return undefined;
  if ((film === undefined || frames === undefined) && pictures.length === 0) return undefined;
  return {
    id,
    video: about.video ?? id,
    captions: [caption],
    readPictures: (shares, signal) =>
      film !== undefined && frames !== undefined
        ? filmPictures(frames, { tar, film }, shares, signal)
        : stillPictures(parts, pictures, shares),
  };
}

async function readAbout(
  tar: string,
  place: TarPlace | undefined,
): Promise<{ readonly caption?: string; readonly video?: string }> {
  if (place === undefined) return {};
  let about: unknown;
  try {
    about = JSON.parse(Buffer.from(await readTarPlace(tar, place)).toString('utf8'));
  } catch (cause) {
    if (ToolkitError.is(cause)) throw cause;
    throw new ToolkitError('corrupt', `${place.name} in ${tar} is not JSON.`, { cause });
  }
  const { caption, video_id: video } = Object(about) as Record<string, unknown>;
  return {
    ...(typeof caption === 'string' ? { caption } : {}),
    ...(typeof video === 'string' ? { video } : {}),
  };
}

async function stillPictures(
  { tar, places }: Parts,
  parts: readonly string[],
  shares: readonly number[],
): Promise<readonly ClipPicture[]> {
  const decoded = new Map<string, Promise<Picture>>();
  const wanted = shares.map((share) => parts[Math.floor(share * parts.length)] ?? '');
  for (const part of wanted) {
    const place = places.get(part);
    if (place === undefined || decoded.has(part)) continue;
    decoded.set(
      part,
      readTarPlace(tar, place).then((bytes) => decodeJpeg(bytes)),
    );
  }
  return Promise.all(wanted.flatMap((part) => decoded.get(part) ?? []));
}

/** The decoder seeks, so that a film must be a file of its own while it is read. */
async function filmPictures(
  frames: FrameReader,
  { tar, film }: { readonly tar: string; readonly film: TarPlace },
  shares: readonly number[],
  signal: AbortSignal | undefined,
): Promise<readonly Picture[]> {
  const folder = await mkdtemp(join(tmpdir(), 'internvid-clip-'));
  try {
    const path = join(folder, 'clip.mp4');
    await writeFile(path, await readTarPlace(tar, film));
    const { video } = await frames.probe(path, signal);
    const { timesMs, endMs } = await frames.timeline(path, signal);
    const times = Array.from(timesMs);
    const chosen = framesNear(shares, { startMs: times[0] ?? 0, endMs }, times);
    const wanted = chosen.map((place) => times[place] ?? 0);
    const select = { kind: 'times', timesMs: [...new Set(wanted)] } as const;
    const { displayWidth: width, displayHeight: height } = video;
    const output = { width, height, format: 'rgb24' } as const;
    const found: { readonly timeMs: number; readonly picture: Picture }[] = [];
    for await (const { timeMs, pictures } of frames.frames(
      path,
      { select, outputs: [output] },
      signal,
    )) {
      const [picture] = pictures;
      if (picture === undefined) continue;
      found.push({ timeMs, picture: { ...picture, data: Uint8Array.from(picture.data) } });
    }
    // A damaged film may lack its last frames: the last one that there is stands for them.
    return wanted.flatMap(
      (time) => (found.findLast(({ timeMs }) => timeMs <= time) ?? found[0])?.picture ?? [],
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function listed(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    throw new ToolkitError('not-found', `There is no folder ${folder}.`, { cause });
  }
}

function byNumber(a: string, b: string): number {
  const number = (part: string): number => Number(PICTURE.exec(part)?.[1] ?? 0);
  return number(a) - number(b) || (a < b ? -1 : 1);
}
