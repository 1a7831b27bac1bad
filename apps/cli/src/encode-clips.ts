import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { ToolkitError } from '@internvid/core';
import { findFfmpeg, type Frame, type FrameReader, type Timeline } from '@internvid/core/media';
import type { ClipMaker, ClipSpec } from '@internvid/generation';

/** Mean absolute difference of the first and last frame to the source's, 0 to 255, that encoding may cause. */
const MAX_DISTANCE = 12;
const CRF = 18;

/**
 * Makes clip files to a specification: at each time the frame that the video shows then, cropped, scaled (bicubic) and encoded as H.264
 * (x264, preset `medium`, CRF 18, BT.709, 4:2:0) at a constant rate, without sound. A file is probed and decoded again: number and size of
 * its frames must be those asked for, its first and last frame those of the source.
 */
export function clipEncoder(frames: FrameReader, ffmpegSetting: string | undefined): ClipMaker {
  const ffmpeg = findFfmpeg('ffmpeg', ffmpegSetting);
  const timelines = new Map<string, Promise<Timeline>>();
  const timelineOf = (uri: string, signal: AbortSignal | undefined): Promise<Timeline> => {
    const known = timelines.get(uri) ?? frames.timeline(uri, signal);
    known.catch(() => timelines.delete(uri));
    // The clips of a video come one after another.
    timelines.clear();
    timelines.set(uri, known);
    return known;
  };
  return {
    producer: {
      name: 'clip-encoder',
      version: '1',
      config: { frames: frames.producer, ffmpeg: ffmpeg.version, codec: 'h264', crf: CRF },
    },
    async make(spec, signal) {
      const folder = await mkdtemp(join(tmpdir(), 'internvid-encode-'));
      try {
        const to = join(folder, 'clip.mp4');
        const { timesMs } = await timelineOf(spec.clip.video.uri, signal);
        const ends: Uint8Array[] = [];
        await encode(ffmpeg.path, spec, to, pictures(frames, spec, timesMs, ends, signal), signal);
        await prove(frames, spec, to, ends, signal);
        return await readFile(to);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/** For each frame of the clip, the time of the frame that the video shows then; never one of before the clip. */
function shownTimes({ clip, span, frames, fps }: ClipSpec, timesMs: Float64Array): number[] {
  const own = timesMs.filter((time) => time >= clip.span.startMs && time < clip.span.endMs);
  const times: number[] = [];
  let at = 0;
  for (let frame = 0; frame < frames; frame++) {
    const wanted = span.startMs + (frame * 1000) / fps;
    while ((own[at + 1] ?? Infinity) <= wanted) at++;
    const time = own[at];
    if (time === undefined) throw unmade(clip.id, 'none of its frames is there');
    times.push(time);
  }
  return times;
}

/** The clip's pictures, cropped and scaled; keeps the first and the last in `ends`. */
async function* pictures(
  reader: FrameReader,
  spec: ClipSpec,
  timesMs: Float64Array,
  ends: Uint8Array[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const times = shownTimes(spec, timesMs);
  const { uri, info } = spec.clip.video;
  const scale = { x: spec.width / spec.crop.width, y: spec.height / spec.crop.height };
  const output = {
    width: Math.max(spec.width, Math.round((info?.video.displayWidth ?? 0) * scale.x)),
    height: Math.max(spec.height, Math.round((info?.video.displayHeight ?? 0) * scale.y)),
    format: 'rgb24',
  } as const;
  const request = {
    select: { kind: 'times', timesMs: [...new Set(times)] },
    outputs: [output],
  } as const;
  const window = {
    left: Math.min(Math.round(spec.crop.left * scale.x), output.width - spec.width),
    top: Math.min(Math.round(spec.crop.top * scale.y), output.height - spec.height),
  };
  let next = 0;
  for await (const frame of reader.frames(uri, request, signal)) {
    const picture = cropped(frame, spec, window);
    if (next === 0) ends.push(picture);
    for (; times[next] === frame.timeMs; next++) {
      if (next === times.length - 1) ends.push(picture);
      yield picture;
    }
  }
  if (next < times.length)
    throw unmade(spec.clip.id, `only ${next} of its ${times.length} frames could be decoded`);
}

function cropped(
  { pictures: [picture] }: Frame,
  { width, height }: ClipSpec,
  { left, top }: { readonly left: number; readonly top: number },
): Uint8Array {
  const rows = new Uint8Array(width * height * 3);
  if (picture === undefined) return rows;
  for (let row = 0; row < height; row++) {
    const from = ((top + row) * picture.width + left) * 3;
    rows.set(picture.data.subarray(from, from + width * 3), row * width * 3);
  }
  return rows;
}

async function encode(
  ffmpeg: string,
  { clip, width, height, fps }: ClipSpec,
  to: string,
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const args = [
    ...['-v', 'error', '-nostdin', '-f', 'rawvideo', '-pix_fmt', 'rgb24'],
    ...['-s', `${width}x${height}`, '-framerate', String(fps), '-i', 'pipe:0'],
    ...['-vf', 'scale=out_color_matrix=bt709:out_range=tv', '-pix_fmt', 'yuv420p'],
    ...['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709'],
    ...['-c:v', 'libx264', '-preset', 'medium', '-crf', String(CRF), '-threads', '1', '-an'],
    ...['-map_metadata', '-1', '-fflags', '+bitexact', '-movflags', '+faststart', '-y', to],
  ];
  const child = spawn(ffmpeg, args, { stdio: ['pipe', 'ignore', 'pipe'], signal });
  const said: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const ended = once(child, 'close') as Promise<[number | null]>;
  ended.catch(() => undefined);
  try {
    await pipeline(body, child.stdin, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    // A broken pipe says only that the encoder ended: why, it says itself.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  } finally {
    if (!child.stdin.writableFinished) child.kill('SIGKILL');
    await ended.catch(() => undefined);
  }
  if (child.exitCode !== 0)
    throw unmade(clip.id, `ffmpeg: ${Buffer.concat(said).toString('utf8').trim().slice(-300)}`);
}

async function prove(
  reader: FrameReader,
  { clip, width, height, frames }: ClipSpec,
  file: string,
  ends: readonly Uint8Array[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const { video } = await reader.probe(file, signal);
  const found = `${video.frames} frames of ${video.displayWidth}x${video.displayHeight}`;
  if (found !== `${frames} frames of ${width}x${height}`)
    throw unmade(clip.id, `its file has ${found}`);
  const request = {
    select: { kind: 'all' },
    outputs: [{ width, height, format: 'rgb24' }],
  } as const;
  let count = 0;
  for await (const {
    pictures: [picture],
  } of reader.frames(file, request, signal)) {
    const end = count === 0 ? ends[0] : count === frames - 1 ? ends[1] : undefined;
    if (picture !== undefined && end !== undefined && distance(picture.data, end) > MAX_DISTANCE)
      throw unmade(clip.id, 'its file does not show what the source shows');
    count++;
  }
  if (count !== frames) throw unmade(clip.id, `only ${count} of ${frames} frames can be decoded`);
}

function distance(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += Math.abs((a[at] ?? 0) - (b[at] ?? 0));
  return sum / a.length;
}

function unmade(clip: string, why: string): ToolkitError {
  return new ToolkitError('process-failed', `No file could be made of ${clip}: ${why}.`);
}
