import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { decodeJpeg } from '@internvid/core/media';

import { transposed, type ScoreMatrix } from '../../src/eval/ranking.js';
import { middleFrames, strideFrames } from '../../src/preprocess/frame-choice.js';
import { PREPROCESSINGS, squarePixels } from '../../src/preprocess/preprocess.js';
import { evaluateRetrieval } from '../../src/retrieval.js';
import { preText } from '../../src/tokenizer/clean-text.js';
import { clipTokenizer } from '../../src/tokenizer/clip-tokenizer.js';
import { loadClipMerges } from '../../src/tokenizer/merges.js';
import { dualSoftmax } from '../../src/eval/dual-softmax.js';
import { furthest, type GoldenCheck } from './check.js';
import { GOLDEN } from './shared.js';

type Rows = readonly (readonly number[])[];

/** Compares all that stands around the model: tokens, chosen frames, pixels, ranks. Most of it must be equal. */
export async function checkInputs(): Promise<readonly GoldenCheck[]> {
  return [...(await checkTokens()), ...checkSampling(), ...(await checkPixels()), ...checkRanks()];
}

async function checkTokens(): Promise<readonly GoldenCheck[]> {
  const path = join(GOLDEN, 'viclip/tokenizer/bpe_simple_vocab_16e6.txt.gz');
  const tokenizer = clipTokenizer(await loadClipMerges({ path }));
  const { cases } = read('viclip/tokenizer/cases.json') as {
    cases: readonly Readonly<{ text: string; bpe: number[]; t32: number[]; t77: number[] }>[];
  };
  const pre = read('viclip/tokenizer/pre_text.json') as {
    cases: readonly Readonly<{ in: string; out: string }>[];
  };
  const wrong = (context: number, key: 't32' | 't77'): number =>
    unequal(cases, (one) => [
      [...tokenizer.tokenize([one.text], context)],
      [...one[key], ...Array.from({ length: context - one[key].length }, () => 0)],
    ]);
  return [
    equal(
      'tokens/all',
      unequal(cases, ({ text, bpe }) => [tokenizer.encode(text), bpe]),
    ),
    equal('tokens/32', wrong(32, 't32')),
    equal('tokens/77', wrong(77, 't77')),
    equal(
      'tokens/pre-text',
      unequal(pre.cases, (one) => [preText(one.in), one.out]),
    ),
  ];
}

function checkSampling(): readonly GoldenCheck[] {
  const { middle, middle_long, middle_float_traps, demo_stride_8 } = read(
    'viclip/preprocess/indices.json',
  ) as {
    middle: Readonly<Record<string, Rows>>;
    middle_long: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
    middle_float_traps: readonly Readonly<{
      num_frames: number;
      vlen: number;
      indices: number[];
    }>[];
    demo_stride_8: Rows;
  };
  const wanted = [
    ...Object.entries(middle).flatMap(([count, rows]) =>
      rows.map((row, index) => [Number(count), index + 1, row] as const),
    ),
    ...Object.entries(middle_long).flatMap(([count, rows]) =>
      Object.entries(rows).map(([length, row]) => [Number(count), Number(length), row] as const),
    ),
    ...middle_float_traps.map(
      ({ num_frames, vlen, indices }) => [num_frames, vlen, indices] as const,
    ),
  ];
  return [
    equal(
      'sampling/middle',
      unequal(wanted, ([count, length, row]) => [middleFrames(count, length), row]),
    ),
    equal(
      'sampling/stride',
      unequal([...demo_stride_8.entries()], ([index, row]) => [strideFrames(8, index + 8), row]),
    ),
  ];
}

/** The README's limits: how far a value may be off, and what share of the values may be off at all. */
const PIXELS = [
  ['published', PREPROCESSINGS.viclip, 1, 0.001],
  ['demo', PREPROCESSINGS['viclip-demo'], 1, 0.15],
  ['clip', PREPROCESSINGS.clip, 2, 0.005],
] as const;

async function checkPixels(): Promise<readonly GoldenCheck[]> {
  const folder = 'viclip/preprocess';
  const { frames } = read(`${folder}/pixels.json`) as {
    frames: readonly Readonly<{ frame: string; png: string }>[];
  };
  const file = readFileSync(join(GOLDEN, folder, 'pixels.safetensors'));
  const start = 8 + Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.subarray(8, start).toString('utf8')) as Record<
    string,
    { readonly data_offsets: readonly [number, number] }
  >;
  const checks: GoldenCheck[] = [];
  for (const { frame, png } of frames) {
    const picture = await decodeJpeg(readFileSync(join(GOLDEN, folder, png)));
    for (const [path, preprocessing, most, share] of PIXELS) {
      const [from, to] = header[`${frame}.${path}`]!.data_offsets;
      const planes = file.subarray(start + from, start + to);
      const pixels = squarePixels(picture, 224, preprocessing);
      const gaps = pixels.length - pixels.filter((value, at) => value === planes[place(at)]).length;
      const found = Array.from(pixels, (_, at) => planes[place(at)]!);
      const name = `pixels/${frame}/${path}`;
      checks.push({ name, worst: furthest(pixels, found), tolerance: most });
      checks.push({ name: `${name}/share`, worst: gaps / pixels.length, tolerance: share });
    }
  }
  return checks;
}

/** Where the value of row-major red, green, blue lies in planes. */
function place(at: number): number {
  return (at % 3) * 224 * 224 + Math.floor(at / 3);
}

function checkRanks(): readonly GoldenCheck[] {
  const cases = read('metrics/retrieval.json') as Readonly<
    Record<string, Readonly<Record<string, unknown>>>
  >;
  const checks = ['distinct50', 'ties50', 'multi_caption', 'multi_video'].flatMap((name) => {
    const one = cases[name]!;
    const truths = (one['txt2img'] as readonly (number | number[])[]).map((videos) =>
      [videos].flat(),
    );
    const result = evaluateRetrieval(matrix(one['similarity'] as Rows), truths);
    const pairs = [
      ['plain', result.plain, one['stable'] ?? one],
      ['dual-softmax', result.dualSoftmax, one['dual_softmax']],
    ] as const;
    return pairs.flatMap(([kind, { videoToText, textToVideo }, golden]) => {
      if (golden === undefined) return [];
      const { rank_video_to_text: videos, rank_text_to_video: texts } = golden as Record<
        string,
        number[]
      >;
      const wrong = unequal([0], () => [
        [videoToText.ranks, textToVideo.ranks],
        [videos, texts],
      ]);
      return [equal(`metrics/${name}/${kind}`, wrong)];
    });
  });
  const small = cases['dual_softmax_small'] as Readonly<Record<string, Rows>>;
  const scores = matrix(small['similarity']!);
  return [
    ...checks,
    {
      name: 'metrics/dual-softmax/video-to-text',
      worst: furthest(dualSoftmax(scores).values, small['video_to_text']!.flat()),
      tolerance: 1e-6,
    },
    {
      name: 'metrics/dual-softmax/text-to-video',
      worst: furthest(dualSoftmax(transposed(scores)).values, small['text_to_video']!.flat()),
      tolerance: 1e-6,
    },
  ];
}

function matrix(rows: Rows): ScoreMatrix {
  const columns = rows[0]?.length ?? 0;
  return { rows: rows.length, columns, values: Float64Array.from(rows.flat()) };
}

/** How many of the cases differ from what they should be. */
function unequal<Case>(
  cases: readonly Case[],
  compare: (one: Case) => readonly [found: unknown, expected: unknown],
): number {
  return cases.filter((one) => {
    const [found, expected] = compare(one);
    return JSON.stringify(found) !== JSON.stringify(expected);
  }).length;
}

function equal(name: string, wrong: number): GoldenCheck {
  return { name, worst: wrong, tolerance: 0 };
}

function read(path: string): unknown {
  return JSON.parse(readFileSync(join(GOLDEN, path), 'utf8')) as unknown;
}
