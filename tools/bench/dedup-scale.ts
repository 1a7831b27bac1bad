import { cpuUsage, memoryUsage } from 'node:process';

import type { Embedding } from '@internvid/core';
import {
  copyFinder,
  holdVectors,
  semanticPairs,
  type ClipHash,
  type ComparedClip,
} from '@internvid/generation';

import {
  clipOf,
  randomOf,
  randomPictures,
  withTurnedBits,
} from '../../packages/generation/test/dedup/made-up-hashes.js';
import { measured, type Bench, type Measurement } from './bench.js';

const GB = 1e9;
const PERCEPTUAL = [
  ['1k', 1_000],
  ['10k', 10_000],
  ['100k', 100_000],
  ['1m', 1_000_000],
] as const;
const SEMANTIC = [
  ['10k', 10_000],
  ['100k', 100_000],
] as const;
const SEMANTIC_FULL = ['1m', 1_000_000] as const;

/** 11.7 s, the mean of the published set (paper, section 3.3). */
const PICTURES = 47;
const LOOKED_UP = 300;
/** Of 256: more than nearly all copies of the same moment differ in. */
const TURNED_BITS = 20;

const DIMENSION = 512;
const VECTORS_IN_CLOUD = 100;
const THRESHOLD = 0.95;
/** One in so many is a near copy of another vector of its cloud. */
const COPIES_EVERY = 50;

/**
 * Looks for copies among made-up clips, 1,000 to 1,000,000. Perceptual: random hashes of clips of 11.7 s; 300 copies of which 20 bits of
 * each picture differ, crops that show something else, and 300 clips of no kin are looked up. Semantic: vectors of 512 numbers in
 * clouds of 100, of which one in 50 is a near copy; `recall` is the share of those that is found. Times are processor times. A million
 * vectors take minutes, and are measured with `--media all`.
 */
export const bench: Bench = async ({ media, say }) => {
  const measurements: Measurement[] = [];
  for (const [name, clips] of PERCEPTUAL) {
    say(`perceptual, ${clips.toLocaleString('en')} clips`);
    measurements.push(...perceptual(`perceptual/${name}`, clips));
  }
  for (const [name, clips] of media === 'all' ? [...SEMANTIC, SEMANTIC_FULL] : SEMANTIC) {
    say(`semantic, ${clips.toLocaleString('en')} vectors`);
    measurements.push(...(await semantic(`semantic/${name}`, clips)));
  }
  return measurements;
};

function perceptual(name: string, clips: number): readonly Measurement[] {
  const random = randomOf(1);
  const finder = copyFinder();
  const every = Math.max(1, Math.floor(clips / LOOKED_UP));
  const originals: ClipHash[] = [];
  for (let at = 0; at < clips; at++) {
    const clip = clipOf(`clip ${at}`, randomPictures(random, PICTURES));
    if (at % every === 0 && originals.length < LOOKED_UP) originals.push(clip);
    finder.add(clip);
  }
  const stranger = withCrops(clipOf('stranger', randomPictures(random, PICTURES)));
  const begin = processorMs();
  finder.find(stranger);
  const indexMs = processorMs() - begin;
  const copies = originals.map((clip) => withCrops(copyOf(clip)));
  const strangers = copies.map((_, at) =>
    withCrops(clipOf(`stranger ${at}`, randomPictures(random, PICTURES))),
  );
  const started = processorMs();
  const found = copies.filter((copy) =>
    finder.find(copy).some(({ other }) => other === Number(copy.id.slice('copy of clip '.length))),
  );
  const lookUpMs = (processorMs() - started) / copies.length;
  const joined = strangers.filter((clip) => finder.find(clip).length > 0);
  return [
    measured(name, 'microseconds-to-index', (indexMs / clips) * 1000, 'µs/clip'),
    measured(name, 'milliseconds-to-look-up', lookUpMs, 'ms/clip'),
    measured(name, 'recall', found.length / copies.length, 'ratio', 1),
    measured(name, 'unrelated-joined', joined.length, 'count', 0),
    measured(name, 'memory', memoryUsage.rss() / GB, 'GB', 4),
  ];

  function copyOf({ id, hashes, pictures }: ClipHash): ClipHash {
    const plain = hashes.subarray(0, pictures * 8);
    return clipOf(`copy of ${id}`, withTurnedBits(plain, TURNED_BITS, random));
  }

  function withCrops(clip: ClipHash): ClipHash {
    const plain = clip.pictures * 8;
    for (let at = plain; at < clip.hashes.length; at++) clip.hashes[at] = random.nextWord();
    return clip;
  }
}

async function semantic(name: string, count: number): Promise<readonly Measurement[]> {
  const started = processorMs();
  const vectors = await holdVectors(clouds(count));
  const heldMs = processorMs() - started;
  const clips = vectors.clips.map((id, at): ComparedClip => {
    return { id, video: `video ${at}`, span: { startMs: 0, endMs: 1000 }, pixels: 1 };
  });
  const begin = processorMs();
  const { pairs } = semanticPairs(clips, vectors, { threshold: THRESHOLD });
  const seconds = (processorMs() - begin) / 1000;
  const copies = Math.floor(count / COPIES_EVERY);
  const right = pairs.filter(({ a, b }) => b === a + 1 && b % COPIES_EVERY === COPIES_EVERY - 1);
  return [
    measured(name, 'seconds-to-hold', heldMs / 1000, 's'),
    measured(name, 'seconds', seconds, 's'),
    measured(name, 'microseconds-per-vector', (seconds / count) * 1e6, 'µs'),
    measured(name, 'recall', right.length / copies, 'ratio', 1),
    measured(name, 'precision', right.length / Math.max(1, pairs.length), 'ratio', 1),
    measured(name, 'memory', memoryUsage.rss() / GB, 'GB', 4),
  ];
}

/** Processor time of this process: the machine is shared. */
function processorMs(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
}

/** Vectors around centres, cosine 0.5 to their centre; the last of every 50 is the one before it with a little noise. */
async function* clouds(count: number): AsyncGenerator<Embedding> {
  const random = randomOf(2);
  const noise = (): number => random.nextUniform() + random.nextUniform() - 1;
  const by = { name: 'made-up', version: '1', config: {} };
  await Promise.resolve();
  let centre = new Float32Array(DIMENSION);
  let last = centre;
  for (let at = 0; at < count; at++) {
    if (at % VECTORS_IN_CLOUD === 0) centre = centre.map(noise);
    const isCopy = at % COPIES_EVERY === COPIES_EVERY - 1;
    const [from, much] = isCopy ? [last, 0.15] : [centre, 1.7];
    last = from.map((value) => value + much * noise());
    yield { clip: `clip ${at}`, of: 'video', vector: last, by };
  }
}
