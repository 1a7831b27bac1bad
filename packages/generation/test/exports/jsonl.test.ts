import type { ToolkitError } from '@internvid/core';
import { memoryStore } from '@internvid/core/testing';
import { describe, expect, it } from '@jest/globals';

import { exportJsonl, readInternVidJsonl, type InternVidLine } from '../../src/index.js';
import { formatInternVidRow } from '../../src/exports/internvid-row.js';
import { drawnSamples, streamed } from '../drawn-samples.js';

const PUBLISHED =
  '{"YoutubeID":"0TDAwrav8Dc","Start_timestamp":"00:01:51.578","End_timestamp":"00:01:53.647","Caption":"a caf\u00e9, \\"busy\\"","UMT_Score":0.41,"Aesthetic_Score":4.0}\n';

async function read(
  text: string,
  fail?: (line: number, error: ToolkitError) => void,
): Promise<readonly InternVidLine[]> {
  const store = memoryStore();
  await store.write('rows.jsonl', text);
  const lines: InternVidLine[] = [];
  for await (const line of readInternVidJsonl(
    store,
    'rows.jsonl',
    fail === undefined ? {} : { fail },
  ))
    lines.push(line);
  return lines;
}

describe('exportJsonl', () => {
  it('writes the columns of the published files, scores only where there are any', async () => {
    const store = memoryStore();
    const samples = await drawnSamples(store, 5);
    const report = await exportJsonl({
      samples: streamed(samples),
      store,
      prefix: 'exports/jsonl',
      name: 'drawn',
    });
    expect(report).toMatchObject({ format: 'jsonl', samples: 5 });
    const lines = Buffer.from(await store.read('exports/jsonl/drawn.jsonl'))
      .toString()
      .trimEnd()
      .split('\n');
    expect(lines[0]).toBe(
      '{"YoutubeID":"drawn-film-0-8e13eb6df205","Start_timestamp":"00:00:00.000","End_timestamp":"00:00:02.500","Caption":"A red square moves over a grey ground. (0)","Aesthetic_Score":4.0}',
    );
    expect(lines[1]).not.toContain('Score');
    // The second film is a YouTube video, known by its own id there.
    expect(lines[3]).toMatch(/^\{"YoutubeID":"0TDAwrav8Dc","Start_timestamp":"00:00:00.000"/);
  });

  it('does not pass another similarity off as the UMT score', async () => {
    const store = memoryStore();
    const [sample] = await drawnSamples(store, 1);
    const by = { name: 'other', version: '1', config: {} };
    const scored = {
      ...sample!,
      scores: [{ clip: sample!.clip.id, name: 'caption-similarity', value: 0.3, by }],
    };
    await exportJsonl({
      samples: streamed([scored]),
      store,
      prefix: 'exports/jsonl',
      name: 'drawn',
    });
    const [line] = await read(
      Buffer.from(await store.read('exports/jsonl/drawn.jsonl')).toString(),
    );
    expect(line?.row.UMT_Score).toBeUndefined();
  });

  it('fails a sample with two scores of one name', async () => {
    const store = memoryStore();
    const [sample] = await drawnSamples(store, 1);
    const twice = { ...sample!, scores: [...sample!.scores!, ...sample!.scores!] };
    const exporting = exportJsonl({
      samples: streamed([twice]),
      store,
      prefix: 'exports/jsonl',
      name: 'drawn',
    });
    await expect(exporting).rejects.toThrow(/two scores called aesthetic/);
  });

  it('is read back row by row as it was written', async () => {
    const store = memoryStore();
    const samples = await drawnSamples(store, 7);
    await exportJsonl({
      samples: streamed(samples),
      store,
      prefix: 'exports/jsonl',
      name: 'drawn',
    });
    const text = Buffer.from(await store.read('exports/jsonl/drawn.jsonl')).toString();
    const lines = await read(text);
    expect(lines.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(lines.map(({ row }) => formatInternVidRow(row)).join('')).toBe(text);
  });
});

describe('readInternVidJsonl', () => {
  it('reads a published row so that it is written unchanged', async () => {
    const [line] = await read(PUBLISHED);
    expect(line?.row).toEqual({
      YoutubeID: '0TDAwrav8Dc',
      Start_timestamp: '00:01:51.578',
      End_timestamp: '00:01:53.647',
      Caption: 'a café, "busy"',
      UMT_Score: 0.41,
      Aesthetic_Score: 4,
    });
    expect(formatInternVidRow(line!.row)).toBe(PUBLISHED);
  });

  it('names each bad row by its line and goes on', async () => {
    const bad = [
      'not JSON',
      '[]',
      PUBLISHED.replace('00:01:53.647', '00:01:50.000').trim(),
      PUBLISHED.replace('00:01:53.647', '1:53').trim(),
      PUBLISHED.replace('0.41', '"0.41"').trim(),
      PUBLISHED.replace('"YoutubeID":"0TDAwrav8Dc",', '').trim(),
      PUBLISHED.replace('Aesthetic_Score', 'Beauty').trim(),
    ];
    const failures: [number, unknown, string][] = [];
    const lines = await read(
      [PUBLISHED.trim(), ...bad, '', PUBLISHED.trim()].join('\n'),
      (line, error) => failures.push([line, error.details.problem, error.message]),
    );
    expect(lines.map(({ line }) => line)).toEqual([1, 10]);
    expect(failures.map(([line, problem]) => [line, problem])).toEqual([
      [2, 'bad-row'],
      [3, 'bad-row'],
      [4, 'times-out-of-order'],
      [5, 'bad-row'],
      [6, 'bad-row'],
      [7, 'bad-row'],
      [8, 'bad-row'],
    ]);
    expect(failures.map(([, , message]) => message).join('\n')).toMatch(
      /line 5: .*HH:MM:SS.mmm, got "1:53"[\s\S]*line 8: .*Beauty/,
    );
  });

  it('ends at the first bad row where nobody asks for them', async () => {
    await expect(read(`${PUBLISHED}{"YoutubeID":1}\n`)).rejects.toThrow(
      /rows\.jsonl, line 2: .*YoutubeID must be text/,
    );
  });

  it('reads lines that lie across chunks, in the middle of a character too', async () => {
    const bytes = Buffer.from(PUBLISHED.replace('busy', '🎸').repeat(3));
    const store = {
      ...memoryStore(),
      async *stream() {
        for (const byte of bytes) yield Uint8Array.of(byte);
      },
    };
    const captions: string[] = [];
    for await (const { row } of readInternVidJsonl(store, 'rows.jsonl')) captions.push(row.Caption);
    expect(captions).toEqual(Array.from({ length: 3 }, () => 'a café, "🎸"'));
  });
});
