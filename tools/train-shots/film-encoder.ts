import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync } from 'node:fs';
import type { Canvas, Size } from './canvas.js';
import type { Random } from './random.js';

/** Takes the pictures of a film, `rgb24`, in their order. */
export interface FilmEncoder {
  write(picture: Canvas): Promise<void>;
  end(): Promise<void>;
}

/** Codecs with the share of films that they get, and their qualities from good to poor. */
function encoding(random: Random): readonly string[] {
  const codec = random.weighted({ h264: 62, mpeg4: 14, mpeg2: 8, vp8: 8, hevc: 8 });
  const keyFrames = ['-g', String(random.pick([12, 50, 250, 300]))];
  switch (codec) {
    case 'h264': {
      const x264 = [
        '-preset',
        random.pick(['ultrafast', 'veryfast', 'faster']),
        '-crf',
        String(random.whole(18, 40)),
      ];
      return ['-c:v', 'libx264', ...x264, '-sc_threshold', random.pick(['0', '40']), ...keyFrames];
    }
    case 'hevc':
      return [
        '-c:v',
        'libx265',
        '-preset',
        'ultrafast',
        '-crf',
        String(random.whole(20, 36)),
        '-x265-params',
        'log-level=error',
        ...keyFrames,
      ];
    case 'vp8':
      return [
        '-c:v',
        'libvpx',
        '-deadline',
        'realtime',
        '-cpu-used',
        '8',
        '-b:v',
        `${random.whole(60, 500)}k`,
        ...keyFrames,
      ];
    default:
      return [
        '-c:v',
        codec === 'mpeg4' ? 'mpeg4' : 'mpeg2video',
        '-q:v',
        String(random.whole(3, 20)),
        ...keyFrames,
      ];
  }
}

/**
 * Encodes the pictures of one film with a codec and a quality drawn by chance; the file appears when it is whole.
 *
 * @throws Error where ffmpeg fails.
 */
export function startEncoder(size: Size, fps: number, path: string, random: Random): FilmEncoder {
  const input = [
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgb24',
    '-s',
    `${size.width}x${size.height}`,
    '-r',
    String(fps),
    '-i',
    'pipe:0',
  ];
  const output = [
    ...encoding(random),
    '-pix_fmt',
    'yuv420p',
    '-threads',
    '1',
    '-f',
    'matroska',
    `file:${path}.part`,
  ];
  const child = spawn('ffmpeg', ['-v', 'error', '-y', ...input, ...output], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  return {
    async write(picture) {
      if (!child.stdin.write(picture)) await once(child.stdin, 'drain');
    },
    async end() {
      child.stdin.end();
      const [code] = (await once(child, 'close')) as [number];
      if (code !== 0) throw new Error(`ffmpeg could not encode ${path}.`);
      renameSync(`${path}.part`, path);
    },
  };
}
