import { ffmpegFrameReader, type Picture } from '@internvid/core/media';
import type { DetectorFrame, ShotDetector } from '../../src/shots/detector.js';
import { readJson, readTensor, shared } from '../shared.js';

const FOLDER = 'golden/pyscenedetect';

/** Names of the stored frame sequences. */
export const SEQUENCES: readonly string[] = ['drawn_64x36', 'sintel_96x54', 'tears_96x40'];

/** What PySceneDetect 0.7.2 computed for a stored sequence. */
export type SequenceGolden = {
  readonly per_frame: Readonly<Record<string, readonly (number | null)[]>>;
  readonly hash_bits_size8_lowpass2_hex: readonly string[];
  readonly cuts: readonly (Readonly<Record<string, unknown>> & {
    readonly detector: string;
    readonly cuts: readonly number[];
  })[];
};

/** Settings of a detector, and the cuts that it finds with them. */
export type CutCase<Settings> = Settings & { readonly cuts: readonly number[] };

/** The golden of a sequence. */
export function sequenceGolden(name: string): SequenceGolden {
  return readJson(`${FOLDER}/algorithm/${name}.json`) as SequenceGolden;
}

/** The settings and cuts of one detector in a sequence, as `Settings` says they are named there. */
export function casesOf<Settings>(name: string, detector: string): readonly CutCase<Settings>[] {
  const cases = sequenceGolden(name).cuts.filter((each) => each.detector === detector);
  return cases as unknown as readonly CutCase<Settings>[];
}

/** The stored frames of a sequence, 40 ms apart. */
export function sequenceFrames(name: string): readonly DetectorFrame[] {
  const { shape, data } = readTensor(`${FOLDER}/algorithm/${name}.frames.safetensors`, 'frames');
  const [count, height, width] = shape as [number, number, number];
  const bytes = height * width * 3;
  return Array.from({ length: count }, (_, index) => ({
    index,
    timeMs: index * 40,
    picture: {
      width,
      height,
      format: 'rgb24',
      data: data.subarray(index * bytes, (index + 1) * bytes),
    },
  }));
}

/** First frames of the boundaries that a detector finds in a stored sequence. */
export async function sequenceCuts(name: string, detector: ShotDetector): Promise<number[]> {
  const detection = detector.start();
  for (const frame of sequenceFrames(name)) await detection.push(frame);
  return (await detection.finish()).map(({ startFrame }) => startFrame);
}

/** PySceneDetect's cuts with default settings in a shared video, by detector. */
export function videoCuts(file: string): Readonly<Record<string, readonly number[]>> {
  const { cuts } = videoGolden(file).opencv;
  return Object.fromEntries(
    Object.entries(cuts).map(([detector, list]) => [detector, list.map(({ frame }) => frame)]),
  );
}

/** Every frame of a shared video, reduced as PySceneDetect does it: full size in RGB, then bilinear without a filter. */
export async function* videoFrames(file: string): AsyncGenerator<DetectorFrame> {
  const { frame_size, analysed_size } = videoGolden(file);
  const [width, height] = frame_size;
  const reduce = bilinear(frame_size, analysed_size);
  const outputs = [{ width, height, format: 'rgb24' }] as const;
  const frames = ffmpegFrameReader().frames(shared(`media/${file}`), {
    select: { kind: 'all' },
    outputs,
  });
  for await (const { index, timeMs, pictures } of frames)
    yield { index, timeMs, picture: reduce(pictures[0]!) };
}

type Size = readonly [width: number, height: number];

function videoGolden(file: string): {
  readonly frame_size: Size;
  readonly analysed_size: Size;
  readonly opencv: { readonly cuts: Readonly<Record<string, readonly { frame: number }[]>> };
} {
  const { videos } = readJson(`${FOLDER}/videos.json`) as {
    videos: (ReturnType<typeof videoGolden> & { file: string })[];
  };
  return videos.find((each) => each.file === file)!;
}

/** OpenCV's `INTER_LINEAR` on bytes: weights in 11 bits, one rounding at the end. */
function bilinear([fromWidth, fromHeight]: Size, [width, height]: Size): (of: Picture) => Picture {
  const across = weightsOf(fromWidth, width);
  const down = weightsOf(fromHeight, height);
  const data = new Uint8Array(width * height * 3);
  return ({ data: from }) => {
    for (let y = 0, to = 0; y < height; y++) {
      const top = down.first[y]! * fromWidth;
      const bottom = down.second[y]! * fromWidth;
      const below = down.weight[y]!;
      for (let x = 0; x < width; x++) {
        const left = across.first[x]!;
        const right = across.second[x]!;
        const beside = across.weight[x]!;
        for (let channel = 0; channel < 3; channel++) {
          const above =
            from[(top + left) * 3 + channel]! * (2048 - beside) +
            from[(top + right) * 3 + channel]! * beside;
          const under =
            from[(bottom + left) * 3 + channel]! * (2048 - beside) +
            from[(bottom + right) * 3 + channel]! * beside;
          data[to++] = (above * (2048 - below) + under * below + (1 << 21)) >>> 22;
        }
      }
    }
    return { width, height, format: 'rgb24', data };
  };
}

/** For each target pixel its two sources and the weight of the second, of 2048. */
function weightsOf(from: number, to: number): Record<'first' | 'second' | 'weight', Int32Array> {
  const places = Array.from({ length: to }, (_, target) =>
    Math.max(0, Math.fround((target + 0.5) * (from / to) - 0.5)),
  );
  const first = Int32Array.from(places, (place) => Math.min(Math.floor(place), from - 1));
  return {
    first,
    second: first.map((at) => Math.min(at + 1, from - 1)),
    weight: Int32Array.from(places, (place, at) => Math.round((place - first[at]!) * 2048)),
  };
}
