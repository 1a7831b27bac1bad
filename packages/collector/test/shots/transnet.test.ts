import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Boundary } from '@internvid/core';
import { ffmpegFrameReader } from '@internvid/core/media';
import type { ShotDetector } from '../../src/shots/detector.js';
import { transnetProcesses, type TransnetProcesses } from '../../src/shots/transnet-processes.js';
import { transnetWindows } from '../../src/shots/transnet-windows.js';
import { transnetDetector } from '../../src/shots/transnet.js';
import { temporaryFolder } from '../drawn-video.js';
import { describeWithShared, readJson, readTensor, shared } from '../shared.js';

const MODEL = shared('golden/transnetv2/transnetv2.onnx');
const SHA256 = '7fbdd20d65345161e2203a8cc0f2aba6a4dea49bc8d2dbdd314e604813991ad5';

const temporary = temporaryFolder();

type Prediction = {
  readonly file: string;
  readonly single_logit: readonly number[];
  readonly many_logit: readonly number[];
  readonly cuts: readonly number[];
};

function predictions(): readonly Prediction[] {
  return (readJson('golden/transnetv2/predictions.json') as { videos: Prediction[] }).videos;
}

function storedFrames(name: string): readonly Uint8Array[] {
  const { shape, data } = readTensor(`golden/transnetv2/frames/${name}.safetensors`, 'frames');
  const bytes = 48 * 27 * 3;
  return Array.from({ length: shape[0]! }, (_, at) => data.subarray(at * bytes, (at + 1) * bytes));
}

/** What a detector finds in a shared video. */
async function foundIn(file: string, detector: ShotDetector): Promise<readonly Boundary[]> {
  const detection = detector.start();
  const request = { select: { kind: 'all' }, outputs: [detector.output!] } as const;
  const frames = ffmpegFrameReader().frames(shared(`media/${file}`), request);
  for await (const { index, timeMs, pictures } of frames)
    await detection.push({ index, timeMs, picture: pictures[0]! });
  return detection.finish();
}

/** Where a detector finds new shots in frames. */
async function found(detector: ShotDetector, frames: Iterable<Uint8Array>): Promise<number[]> {
  const detection = detector.start();
  let index = 0;
  for (const data of frames) {
    const picture = { width: 48, height: 27, format: 'rgb24' as const, data };
    await detection.push({ index, timeMs: 40 * index++, picture });
  }
  return (await detection.finish()).map(({ startFrame }) => startFrame);
}

describeWithShared('TransNetV2 in processes', () => {
  let network: TransnetProcesses;
  beforeAll(() => {
    network = transnetProcesses(MODEL, 2);
  });
  afterAll(async () => {
    await network[Symbol.asyncDispose]();
  });

  it.each(['wave_2shots_divx', 'city_night_2shots_mpeg2'])(
    'gives the logits of the authors’ model for the stored frames of %s',
    async (name) => {
      const windows = transnetWindows();
      const frames = storedFrames(name);
      const all = [...frames.map((frame) => windows.push(frame)), ...windows.finish()];
      const judgements = await Promise.all(
        all.filter((window) => window !== undefined).map((window) => network.ask(window)),
      );
      const golden = predictions().find(({ file }) => file.startsWith(name))!;
      for (const [head, logits] of [
        ['single', golden.single_logit],
        ['many', golden.many_logit],
      ] as const) {
        const own = judgements.flatMap((judgement) => [...judgement[head]]).slice(0, frames.length);
        expect(own).toHaveLength(logits.length);
        // float32 against float64 makes 2.8e-6, the runtime's own order of additions 7e-6.
        expect(Math.max(...own.map((logit, at) => Math.abs(logit - logits[at]!)))).toBeLessThan(
          1e-4,
        );
      }
    },
  );

  it('fails what waits for a process that is killed', async () => {
    const own = transnetProcesses(MODEL, 1);
    const window = new Uint8Array(100 * 48 * 27 * 3);
    await own.ask(window);
    const waiting = expect(own.ask(window)).rejects.toMatchObject({
      code: 'model-failed',
      retryable: true,
    });
    await own[Symbol.asyncDispose]();
    await waiting;
    await expect(own.ask(window)).rejects.toThrow('disposed');
  });
});

describeWithShared('the transnet detector', () => {
  let detector: ShotDetector & AsyncDisposable;
  beforeAll(async () => {
    const weights = { path: MODEL, sha256: SHA256 };
    detector = await transnetDetector({ weights, heads: 'single', processes: 2 });
  });
  afterAll(async () => {
    await detector[Symbol.asyncDispose]();
  });

  it.each([
    'wave_2shots_divx.avi',
    'city_night_2shots_mpeg2.mpg',
    'webb_telescope_narrated_multitrack.mp4',
    'sintel_trailer_30s_fades_h264.mp4',
  ])('finds the authors’ cuts in %s, read by our reader', async (file) => {
    const boundaries = await foundIn(file, detector);
    const { cuts } = predictions().find((each) => each.file === file)!;
    expect(boundaries.map(({ startFrame }) => startFrame)).toEqual(cuts);
    expect(boundaries.every(({ kind }) => kind === 'cut')).toBe(true);
  });

  it('looks at videos side by side, each by itself', async () => {
    const wave = storedFrames('wave_2shots_divx');
    const nothing: readonly Uint8Array[] = [];
    expect(await Promise.all([wave, nothing, wave].map((each) => found(detector, each)))).toEqual([
      [19],
      [],
      [19],
    ]);
  });

  it('stops waiting when the signal aborts', async () => {
    const abort = new AbortController();
    const detection = detector.start(abort.signal);
    const picture = { width: 48, height: 27, format: 'rgb24', data: new Uint8Array(3888) } as const;
    for (let index = 0; index < 80; index++)
      await detection.push({ index, timeMs: index, picture });
    const finishing = detection.finish();
    abort.abort();
    await expect(finishing).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('refuses frames of another size', () => {
    const picture = { width: 256, height: 144, format: 'rgb24', data: new Uint8Array(3) } as const;
    expect(() => detector.start().push({ index: 0, timeMs: 0, picture })).toThrow('48 x 27');
  });
});

describe('the transnet detector', () => {
  it('says which file is no network', async () => {
    const path = join(temporary, 'not a network.onnx');
    await writeFile(path, 'nothing of the kind');
    const detector = await transnetDetector({ weights: { path }, processes: 1 });
    const frames = [new Uint8Array(3888)];
    const failure = await found(detector, frames).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'model-failed' });
    expect(String(failure)).toContain(path);
    await detector[Symbol.asyncDispose]();
  });

  it('refuses a threshold that nothing can pass', async () => {
    const weights = { path: 'any' };
    await expect(transnetDetector({ weights, threshold: 1 })).rejects.toThrow('options.threshold');
    await expect(transnetDetector({ weights, processes: 0 })).rejects.toThrow('options.processes');
  });
});
