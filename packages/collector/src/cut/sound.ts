import { readFile } from 'node:fs/promises';

import { secondsFromStart, type CutSource } from './cut-source.js';
import type { Stretch } from './stretch.js';
import { boxAt, boxesIn } from './mp4-boxes.js';
import { runJob, SAME_BYTES, type JobRunner } from './run-job.js';

/** Decoders of sound need some packets before they are right, and seeks go to a packet of the pictures: in seconds. */
const RUN_UP = 1;

/** Per channel, for AAC: enough for the fast coder, which takes a third of the time of ffmpeg's other one. */
const BITS_PER_SECOND = 96_000;

/**
 * Cuts the first sound track to the sample, from the first frame's time to the last frame's end, and encodes it as AAC with 96 kbit/s
 * for each channel. Sound that begins late is preceded by silence; gaps are filled with it.
 *
 * @returns whether there is any sound in the stretch.
 */
export async function cutSound(
  source: CutSource,
  stretch: Stretch,
  to: string,
  runner: JobRunner,
): Promise<boolean> {
  const [track] = source.info.audio;
  if (track === undefined) return false;
  const { num, den } = source.timeBase;
  const seconds = (tick: number): string => ((tick * num) / den).toFixed(6);
  const from = secondsFromStart(source, stretch.start) - RUN_UP;
  const isSought = source.hasIndex && from > 0;
  const filters = [
    `atrim=start=${seconds(stretch.start)}:end=${seconds(stretch.end)}`,
    `asetpts=PTS-(${seconds(stretch.start)})/TB`,
    'aresample=async=1:first_pts=0',
  ];
  const job = {
    inputs: [
      {
        path: source.path,
        options: isSought ? ['-noaccurate_seek', '-ss', from.toFixed(6)] : [],
      },
    ],
    options: [
      ...['-copyts', '-map', `0:${track.stream}`, '-vn', '-af', filters.join(',')],
      ...[
        '-c:a',
        'aac',
        '-aac_coder',
        'fast',
        '-b:a',
        String(BITS_PER_SECOND * Math.max(1, track.channels)),
      ],
      ...SAME_BYTES,
    ],
    to,
  };
  await runJob(job, runner);
  return hasSamples(await readFile(to));
}

/** ffmpeg leaves out a track without samples. */
function hasSamples(file: Buffer): boolean {
  const { body, end } = boxAt(file, ['moov']);
  return boxesIn(file, body, end).some(({ type }) => type === 'trak');
}
