import { z } from 'zod';

import { ToolkitError } from '../errors.js';
import { runLines, tellingLine } from './child-process.js';
import { inputArguments } from './input-arguments.js';
import { lookAt, type LocalFile } from './local-file.js';

const tags = z.record(z.string(), z.string()).default({});

const stream = z.object({
  index: z.number().int(),
  codec_type: z.string().default('unknown'),
  codec_name: z.string().default('unknown'),
  codec_tag_string: z.string().default(''),
  width: z.number().int().default(0),
  height: z.number().int().default(0),
  has_b_frames: z.number().int().default(0),
  sample_aspect_ratio: z.string().optional(),
  pix_fmt: z.string().default('unknown'),
  bits_per_raw_sample: z.string().optional(),
  field_order: z.string().optional(),
  color_transfer: z.string().default('unknown'),
  color_primaries: z.string().default('unknown'),
  color_space: z.string().default('unknown'),
  time_base: z.string().default('1/1000'),
  start_pts: z.number().optional(),
  avg_frame_rate: z.string().default('0/0'),
  bit_rate: z.string().optional(),
  duration: z.string().optional(),
  nb_frames: z.string().optional(),
  sample_rate: z.string().optional(),
  channels: z.number().int().optional(),
  disposition: z.record(z.string(), z.number()).default({}),
  tags,
  side_data_list: z
    .array(z.looseObject({ side_data_type: z.string().default(''), rotation: z.number().optional() }))
    .default([]),
});

const header = z.object({
  format: z.object({
    format_name: z.string(),
    start_time: z.string().optional(),
    duration: z.string().optional(),
    tags,
  }),
  streams: z.array(stream).default([]),
});

/** One stream as ffprobe describes it, with its names. */
export type StreamHeader = z.infer<typeof stream>;

/** What ffprobe reads from a file without walking through it. */
export type Header = z.infer<typeof header>;

/** How ffprobe is run. */
export type ProbeOptions = {
  readonly path: string;
  readonly stallMs: number;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Reads the header of a file.
 *
 * @throws ToolkitError `unreadable` for what is no recording, saying what it looks like instead.
 */
export async function probeHeader(file: LocalFile, options: ProbeOptions): Promise<Header> {
  const args = ['-v', 'error', '-print_format', 'json', '-show_format', '-show_streams'];
  const lines: string[] = [];
  const { code, stderr } = await runLines({
    ...options,
    args: [...args, ...inputArguments(file.path)],
    onLine: (line) => lines.push(line),
  });
  if (code !== 0) throw await unreadable(file, stderr);
  return header.parse(JSON.parse(lines.join('\n')));
}

async function unreadable(file: LocalFile, stderr: string): Promise<ToolkitError> {
  const look = await lookAt(file.path);
  if (look !== undefined) {
    const message = `${file.path} is not a video: it looks like ${look.looksLike}.`;
    return new ToolkitError('unreadable', message, { details: { reason: look.reason } });
  }
  const said = stderr.includes('Format not on whitelist')
    ? 'it is of a kind that is not opened (a playlist, a script, a text or a picture)'
    : explain(stderr);
  return new ToolkitError('unreadable', `${file.path} cannot be read as a video: ${said}.`, {
    details: { reason: 'not-media' },
  });
}

function explain(stderr: string): string {
  if (stderr.includes('moov atom not found')) {
    return 'its index (moov atom) is missing, as after a download that stopped early; fetch it again';
  }
  return tellingLine(stderr).replace(/\.$/, '');
}
