import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { clipId, readTable, writeTable, type Clip } from '@internvid/core';
import { memoryStore, runStage } from '@internvid/core/testing';
import { findCutPrograms } from '../../src/cut.js';
import { cutClips } from '../../src/cut/cut-clips.js';
import { clipFilesTable } from '../../src/cut/clip-files.js';
import { contentDetector } from '../../src/shots/content.js';
import { drawVideo, temporaryFolder } from '../drawn-video.js';
import { frames } from './draw-source.js';

const folder = temporaryFolder();

/** The npm fallback copies nothing. */
const isOld = findCutPrograms().ffmpeg.libavformat[0] < 59;

function clipOf(uri: string, startMs: number, endMs: number): Clip {
  const video = { id: 'film-0123456789ab', uri, metadata: {} };
  const span = { startMs, endMs };
  return { id: clipId(video.id, span), video, span, facts: {} };
}

describe('cutting clips into a store', () => {
  const film = drawVideo(join(folder, 'film.mp4'), [
    { source: 'testsrc2', frames: 75 },
    { source: 'smptebars', frames: 50 },
  ]);
  const clips = [clipOf(film, 0, 2000), clipOf(film, 1000, 4000), clipOf(film, 80_000, 90_000)];

  it('writes a file and a row for each, drops what is two shots, and fails what has no frame', async () => {
    const store = memoryStore();
    const stage = cutClips({ frames, mode: 'smart', detector: contentDetector() });
    const { outputs, dropped, failed, warned } = await runStage(stage, clips, { store });
    expect(outputs.map(({ id, mode, frames }) => [id, mode, frames])).toEqual([
      [clips[0]?.id, isOld ? 'exact' : 'copy', 50],
    ]);
    expect(dropped).toEqual([{ id: clips[1]?.id, reason: 'more-than-one-shot' }]);
    expect(failed).toEqual([{ id: clips[2]?.id, code: 'not-found' }]);
    expect(warned.map(({ warning }) => warning)).toEqual(
      isOld ? ['cut-exactly-ffmpeg-too-old'] : [],
    );

    const [made] = outputs;
    const bytes = await store.read(made?.file.key ?? '');
    expect(made?.file).toMatchObject({
      key: expect.stringMatching(/^assets\/clips\/[0-9a-f]{12}\/film-0123456789ab_.*\.mp4$/),
      bytes: bytes.byteLength,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      mediaType: 'video/mp4',
    });
    const table = writeTable(store, 'clip-files.parquet', clipFilesTable);
    for (const row of outputs) table.add(row);
    await table.finish();
    const rows = [];
    for await (const row of readTable(store, 'clip-files.parquet', clipFilesTable)) rows.push(row);
    expect(rows).toEqual(outputs);
  });

  it('warns why a clip was encoded that should have been copied', async () => {
    const { outputs, warned } = await runStage(cutClips({ frames }), [clipOf(film, 520, 1720)]);
    const fallback = isOld ? 'ffmpeg-too-old' : 'no-clean-key-frame';
    expect(outputs).toMatchObject([{ mode: 'exact', fallback }]);
    expect(warned).toEqual([{ id: outputs[0]?.id, warning: `cut-exactly-${fallback}` }]);
  });

  it('has a fingerprint of its own for each mode', () => {
    const settings = (mode: 'exact' | 'smart'): unknown => cutClips({ frames, mode }).config;
    expect(settings('exact')).not.toEqual(settings('smart'));
  });
});
