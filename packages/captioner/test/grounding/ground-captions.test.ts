import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import type { Caption, CaptionScale } from '@internvid/core';
import { runStage } from '@internvid/core/testing';
import { judgeClaims } from '../../src/grounding/judge-claims.js';
import {
  groundCaptions,
  type CaptionInContext,
  type ClaimEncoder,
} from '../../src/grounding/ground-captions.js';

const MEDIA = fileURLToPath(new URL('../../../../../shared/media/', import.meta.url));
const MODEL = { name: 'model', version: '1', config: {} };
const ENCODER = { name: 'encoder', version: '1', config: {} };

function captioned(text: string, scale: CaptionScale = 'fine'): CaptionInContext {
  const caption: Caption = {
    clip: 'c',
    scale,
    text,
    language: 'en',
    framesSha256: 'f',
    by: MODEL,
  };
  return {
    id: `c_${scale}`,
    caption,
    clip: { id: 'c', facts: { camera: 'static' } },
    detections: [
      {
        clip: 'c',
        timeMs: 0,
        kind: 'object',
        label: 'dog',
        confidence: 0.9,
        box: [0, 0, 1, 1],
        by: MODEL,
      },
    ],
    others: [],
  };
}

const WRONG = 'A dog is running while the camera pans left.';

describe('groundCaptions', () => {
  it('writes each claim down, and the scores of captions of the whole clip', async () => {
    const { outputs, emitted, warned } = await runStage(groundCaptions(), [captioned(WRONG)]);
    expect(outputs.map(({ text }) => text)).toEqual([WRONG]);
    expect(warned).toEqual([{ id: 'c_fine', warning: 'contradicted-camera' }]);
    expect(emitted).toMatchObject([
      {
        table: 'caption-claims',
        row: { kind: 'object', words: 'dog', verdict: 'supported', decidedBy: 'detections' },
      },
      { table: 'caption-claims', row: { kind: 'action', words: 'running', verdict: 'unknown' } },
      {
        table: 'caption-claims',
        row: { kind: 'camera', words: 'pans left', verdict: 'contradicted', decidedBy: 'facts' },
      },
      { table: 'scores', row: { clip: 'c', name: 'caption-support-fine', value: 0.5 } },
      { table: 'scores', row: { clip: 'c', name: 'caption-contradictions-fine', value: 1 } },
    ]);
    const frame = await runStage(groundCaptions(), [captioned(WRONG, 'frame')]);
    expect(frame.emitted.filter(({ table }) => table === 'scores')).toEqual([]);
  });

  it('keeps without a word, rewrites, or drops, as it is told', async () => {
    const run = (policy: 'keep' | 'rewrite' | 'drop', text = WRONG) =>
      runStage(groundCaptions({ policy }), [captioned(text)]);
    expect(await run('keep')).toMatchObject({ outputs: [{ text: WRONG, by: MODEL }], warned: [] });
    const rewritten = await run('rewrite');
    expect(rewritten.outputs).toMatchObject([
      {
        text: 'A dog is running.',
        framesSha256: 'f',
        by: { name: 'model', config: { rewrittenBy: { name: 'grounding' } } },
      },
    ]);
    expect(rewritten.warned).toEqual([{ id: 'c_fine', warning: 'contradicted-camera' }]);
    expect(await run('rewrite', 'The camera pans left.')).toMatchObject({
      outputs: [],
      dropped: [{ id: 'c_fine', reason: 'contradicted' }],
    });
    expect(await run('drop')).toMatchObject({
      outputs: [],
      dropped: [{ id: 'c_fine', reason: 'contradicted' }],
    });
  });

  it('leaves a caption alone that nothing contradicts, whatever the policy', async () => {
    for (const policy of ['keep', 'mark', 'rewrite', 'drop'] as const) {
      const { outputs } = await runStage(groundCaptions({ policy }), [captioned('A dog.')]);
      expect(outputs).toMatchObject([{ text: 'A dog.', by: MODEL }]);
    }
  });

  it('asks the encoder only where something is undecided, and obeys measurement first', async () => {
    const asked: string[] = [];
    const encoder = (fit: number): ClaimEncoder => ({
      producer: ENCODER,
      similarity: (text, clip) => {
        asked.push(`${clip}: ${text}`);
        return fit;
      },
      supportsFrom: 0.3,
      contradictsBelow: 0.1,
    });
    const verdicts = async (fit: number, text: string): Promise<unknown[]> =>
      (await runStage(groundCaptions({ encoder: encoder(fit) }), [captioned(text)])).emitted
        .filter(({ table }) => table === 'caption-claims')
        .map(({ row }) => (row as { verdict: string }).verdict);
    expect(await verdicts(0.5, 'A cup.')).toEqual(['supported']);
    expect(await verdicts(0.2, 'A cup.')).toEqual(['unknown']);
    expect(await verdicts(0.05, 'A cup.')).toEqual(['contradicted']);
    expect(await verdicts(0.05, 'A dog.')).toEqual(['supported']);
    expect(asked).toEqual(['c: A cup.', 'c: A cup.', 'c: A cup.']);
    expect(groundCaptions({ encoder: encoder(0) }).config).toMatchObject({ encoder: ENCODER });
  });
});

// Captions that people kept because each matches its clip: none may be found wrong.
(existsSync(MEDIA) ? describe : describe.skip)(
  'claims of published captions (skipped without ../shared/media)',
  () => {
    type Published = {
      readonly clips: readonly { readonly file: string; readonly caption: string }[];
    };
    type Shot = { readonly present: readonly string[] };
    type Truth = {
      readonly videos: readonly { readonly file: string; readonly shots: readonly Shot[] }[];
    };
    const read = (name: string): unknown =>
      JSON.parse(readFileSync(`${MEDIA}truth/${name}`, 'utf8')) as unknown;

    it('contradicts none of them by what people listed in the picture', () => {
      const { clips } = read('captions.json') as Published;
      const { videos } = read('objects.json') as Truth;
      const verdicts = clips.flatMap(({ file, caption }) => {
        const shots = videos.find((video) => video.file === file)?.shots ?? [];
        const detections = shots.flatMap(({ present }, at) =>
          present.flatMap((label) =>
            [0, 1].map(
              (frame) =>
                ({
                  clip: file,
                  timeMs: at * 1000 + frame,
                  kind: 'object',
                  label,
                  confidence: 0.9,
                  box: [0, 0, 1, 1],
                  by: MODEL,
                }) as const,
            ),
          ),
        );
        return judgeClaims(caption, { facts: {}, detections, others: [] });
      });
      expect(verdicts.filter(({ verdict }) => verdict === 'contradicted')).toEqual([]);
      const objects = verdicts.filter(({ kind }) => kind === 'object');
      const supported = objects.filter(({ verdict }) => verdict === 'supported').length;
      // Nearly all classes that a person wrote down were listed by another person.
      expect(supported / objects.length).toBeGreaterThan(0.85);
    });
  },
);
