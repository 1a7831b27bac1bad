import { z } from 'zod';

import { ToolkitError } from '../errors.js';
import { runLines, tellingLine } from './child-process.js';
import { inputArguments } from './input-arguments.js';
import { lookAt, type LocalFile } from './local-file.js';

/** One stream as ffprobe describes it, with its names. */
export type StreamHeader = {
  readonly index: number;
  readonly codec_type: string;
  readonly codec_name: string;
  readonly codec_tag_string: string;
  readonly width: number;
  readonly height: number;
  readonly has_b_frames: number;
  readonly sample_aspect_ratio?: string | undefined;
  readonly pix_fmt: string;
  readonly bits_per_raw_sample?: string | undefined;
  readonly field_order?: string | undefined;
  readonly color_transfer: string;
  readonly color_primaries: string;
  readonly color_space: string;
  readonly time_base: string;
  readonly start_pts?: number | undefined;
  readonly avg_frame_rate: string;
  readonly duration?: string | undefined;
  readonly nb_frames?: string | undefined;
  readonly sample_rate?: string | undefined;
  readonly channels?: number | undefined;
  readonly disposition: Readonly<Record<string, number>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly side_data_list: readonly {
    readonly side_data_type: string;
    readonly rotation?: number | undefined;
  }[];
};

/** What ffprobe reads from a file without walking through it. */
export type Header = {
  readonly format: {
    readonly format_name: string;
    readonly start_time?: string | undefined;
    readonly duration?: string | undefined;
    readonly tags: Readonly<Record<string, string>>;
  };
  readonly streams: readonly StreamHeader[];
};

const tags = z.record(z.string(), z.string()).default({});

const stream: z.ZodType<StreamHeader> = z.object({
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
  duration: z.string().optional(),
  nb_frames: z.string().optional(),
  sample_rate: z.string().optional(),
  channels: z.number().int().optional(),
  disposition: z.record(z.string(), z.number()).default({}),
  tags,
  side_data_list: z
    .array(
      z.looseObject({ side_data_type: z.string().default(''), rotation: z.number().optional() }),
    )
    .default([]),
});

const header: z.ZodType<Header> = z.object({
  format: z.object({
    format_name: z.string(),
    start_time: z.string().optional(),
    duration: z.string().optional(),
    tags,
  }),
  streams: z.array(stream).default([]),
});

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
