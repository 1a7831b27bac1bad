import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sha256, type Clip } from '@internvid/core';
import { encodeJpeg, ffmpegFrameReader } from '@internvid/core/media';
import { embeddedCaptioner } from '../../src/backends/embedded.js';
import { frameWorkers } from '../../src/backends/frame-workers.js';
import type { Captioner, CaptionFrame, CaptionResult } from '../../src/captioner.js';
import { describeCaptioner } from '../../src/testing.js';

const MEDIA = fileURLToPath(new URL('../../../../../shared/media/', import.meta.url));
const signal = new AbortController().signal;
let cacheDirectory: string;

beforeAll(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), 'captioner-'));
});
afterAll(() => rm(cacheDirectory, { recursive: true }));

describeCaptioner('embeddedCaptioner', () => embeddedCaptioner({ processes: 1, cacheDirectory }));

describe('embeddedCaptioner on a GPU by tfjs', () => {
  it('says what to install where it is not there, and takes nothing else instead', async () => {
    await using captioner = await embeddedCaptioner({ engine: 'tfjs', cacheDirectory });
    expect(captioner.producer.config).toMatchObject({ engine: 'tfjs' });
    const bytes = await encodeJpeg({
      width: 8,
      height: 8,
      format: 'gray8',
      data: new Uint8Array(64),
    });
    const video = { id: 'film', uri: 'film.mp4', metadata: {} };
    const clip: Clip = { id: 'clip', video, span: { startMs: 0, endMs: 1000 }, facts: {} };
    const frame = { timeMs: 0, sha256: sha256(bytes), read: () => Promise.resolve(bytes) };
    await expect(captioner.caption([{ clip, frames: [frame] }], signal)).rejects.toMatchObject({
      code: 'missing-dependency',
      message: expect.stringContaining('@tensorflow/tfjs-node-gpu'),
    });
  });
});

describe('frameWorkers', () => {
  it('says why a thread cannot answer', async () => {
    const missing = join(tmpdir(), 'no-such-model.onnx');
    const network = { engine: 'onnx', path: missing } as const;
    await using workers = frameWorkers(
      {
        objects: network,
        faces: network,
        poses: network,
        textDetector: missing,
        textRecogniser: missing,
        dictionary: missing,
      },
      1,
    );
    const bytes = new Uint8Array(
      await encodeJpeg({ width: 8, height: 8, format: 'gray8', data: new Uint8Array(64) }),
    );
    await expect(workers.ask({ name: 'frame', bytes }, signal)).rejects.toThrow(/no-such-model/);
  });

  it('refuses a size of none', () => {
    const none = { engine: 'onnx', path: '' } as const;
    expect(() =>
      frameWorkers(
        {
          objects: none,
          faces: none,
          poses: none,
          textDetector: '',
          textRecogniser: '',
          dictionary: '',
        },
        0,
      ),
    ).toThrow(RangeError);
  });
});

// Real pictures, where they are: a plain checkout has none with objects in them.
(existsSync(MEDIA) ? describe : describe.skip)(
  'embeddedCaptioner on real videos (skipped without ../shared/media)',
  () => {
    let captioner: Captioner;
    beforeAll(async () => {
      captioner = await embeddedCaptioner({ processes: 1, cacheDirectory });
    });
    afterAll(async () => {
      await captioner[Symbol.asyncDispose]();
    });

    async function captionOf(file: string, timesMs: readonly number[]): Promise<CaptionResult> {
      const reader = ffmpegFrameReader();
      const frames: CaptionFrame[] = [];
      const output = { width: 960, height: 540, format: 'rgb24' } as const;
      for await (const frame of reader.frames(join(MEDIA, file), {
        select: { kind: 'times', timesMs },
        outputs: [output],
      })) {
        const bytes = await encodeJpeg(frame.pictures[0]!);
        frames.push({
          timeMs: frame.timeMs,
          sha256: sha256(bytes),
          read: () => Promise.resolve(bytes),
        });
      }
      const clip: Clip = {
        id: file,
        video: { id: 'v', uri: file, metadata: {} },
        span: { startMs: 0, endMs: 10_000 },
        facts: {},
      };
      const [result] = await captioner.caption([{ clip, frames }], signal);
      return result!;
    }
    const fine = ({ captions }: CaptionResult): string =>
      captions.find(({ scale }) => scale === 'fine')!.text;

    it('finds people and their dog', async () => {
      const said = fine(
        await captionOf('man_dog_snow_mpeg4_5fps.mp4', [800, 2400, 4000, 5600, 7200]),
      );
      expect(said).toMatch(/\ba person\b/i);
      expect(said).toMatch(/\ba dog\b/i);
    });

    it('finds a person by the face alone, and says that it is near', async () => {
      const result = await captionOf('sintel_trailer_30s_fades_h264.mp4', [25_708]);
      expect(fine(result)).toMatch(/close up|close-up/i);
      expect(result.detections).toMatchObject([{ kind: 'object', label: 'person' }]);
    });

    it('names one dog where a second box came and went, and counts no crowd', async () => {
      const times = [400, 1200, 2200, 3000, 4000, 4800, 5600, 6600, 7400];
      const said = fine(await captionOf('man_dog_snow_mpeg4_5fps.mp4', times));
      expect(said).toMatch(/\ba dog\b/i);
      expect(said).not.toMatch(/two (?:dogs|people)|several/i);
    });

    it('says how the only person holds body and arms', async () => {
      const said = fine(await captionOf('yoga_outdoor_h264.mp4', [6800, 7700, 8633]));
      expect(said).toMatch(/a person .*leans over and has an arm raised/i);
    });

    it('reads a slide word for word', async () => {
      const said = fine(await captionOf('slides_talk_122s_1080p.mp4', [60_000]));
      expect(said).toContain('"Why"');
      expect(said).toContain('Empower independent researchers & ML practitioners to');
    });

    it('takes the head of a cockatoo that fills the picture for no person', async () => {
      const result = await captionOf('cockatoo_h264.mp4', [5100, 6050, 7000, 7900, 8850]);
      expect(fine(result)).not.toMatch(/person|people/i);
      expect(result.detections.map(({ label }) => label)).not.toContain('person');
    });

    it('names no object on a picture of buildings', async () => {
      const { detections } = await captionOf('city_night_2shots_mpeg2.mpg', [1000, 3000, 5000]);
      expect(detections.filter(({ kind }) => kind === 'object')).toEqual([]);
    });
  },
);
