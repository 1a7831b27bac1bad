import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';

import { ToolkitError } from '@internvid/core';
import { findFfmpeg, type FfmpegProgram } from '@internvid/core/media';

import type { Config } from '../config.js';
import { formatBytes } from '../format.js';
import { loadConfig } from '../load-config.js';
import { print } from '../output.js';
import type { CommonFlags } from '../session.js';
import { openViclip, viclipSettings } from '../viclip-model.js';
import { withResource } from '../with-resource.js';

/** One thing looked at: `missing` is needed and not there, `note` is worth knowing. */
type Check = {
  readonly name: string;
  readonly state: 'ok' | 'note' | 'missing';
  readonly message: string;
};

const LEAST_DISK_BYTES = 2e9;

/** `internvid doctor`: checks what a run needs; exit code 1 when something is missing. */
export async function doctor(flags: CommonFlags): Promise<void> {
  const { config, file } = await loadConfig(flags.config);
  const programs: Config = { ...config, ...programFlags(flags) };
  const checks: Check[] = [
    nodeVersion(),
    { name: 'config', state: 'ok', message: file ?? 'no config file here; the defaults apply' },
    program('ffmpeg', programs.ffmpeg),
    program('ffprobe', programs.ffprobe),
    await fetching(config.download?.ytDlp),
    await captionModels(),
    hubModels(),
    voiceModel(),
    await searchModel(),
    await viclipModel(config),
    await disk(config.out ?? '.'),
    machine(),
  ];
  const isReady = checks.every(({ state }) => state !== 'missing');
  if (!isReady) process.exitCode = 1;
  print(flags, { ok: isReady, checks }, () => {
    const lines = checks.map(
      ({ name, state, message }) => `${MARK[state]} ${name.padEnd(13)} ${message}`,
    );
    return [
      ...lines,
      '',
      isReady ? 'A run has all it needs.' : 'A run would fail: see the lines marked ✗.',
    ].join('\n');
  });
}

const MARK = { ok: '✓', note: '·', missing: '✗' } as const;

function programFlags({ ffmpeg, ffprobe }: CommonFlags): Config {
  return {
    ...(ffmpeg === undefined ? {} : { ffmpeg }),
    ...(ffprobe === undefined ? {} : { ffprobe }),
  };
}

function nodeVersion(): Check {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= 20) return { name: 'node', state: 'ok', message: process.version };
  return {
    name: 'node',
    state: 'missing',
    message: `${process.version}: Node 20 or later is needed, see nodejs.org`,
  };
}

function program(name: FfmpegProgram, path: string | undefined): Check {
  try {
    const found = findFfmpeg(name, path);
    return {
      name,
      state: 'ok',
      message: `${found.version}, ${found.path} (found in ${found.foundIn})`,
    };
  } catch (error) {
    return { name, state: 'missing', message: messageOf(error) };
  }
}

/** Only searches, pages and streams need yt-dlp, so its absence is no fault. */
async function fetching(path: string | undefined): Promise<Check> {
  const name = 'yt-dlp';
  const { findYtDlp } = await import('@internvid/collector');
  try {
    const found = findYtDlp(path);
    const message = `${found.version}, ${found.path} (found in ${found.foundIn})`;
    return { name, state: 'ok', message };
  } catch (error) {
    const use = 'It is needed to fetch from video sites, not for files and their addresses.';
    return {
      name,
      state: path === undefined ? 'note' : 'missing',
      message: `${messageOf(error)} ${use}`,
    };
  }
}

async function captionModels(): Promise<Check> {
  const name = 'captions';
  try {
    const { embeddedCaptioner } = await import('@internvid/captioner');
    const message = await withResource(embeddedCaptioner({ processes: 1 }), ({ producer }) =>
      Promise.resolve(`${producer.name}: ${Object.values(producer.config).map(String).join(', ')}`),
    );
    return { name, state: 'ok', message };
  } catch (error) {
    return { name, state: 'missing', message: messageOf(error) };
  }
}

/** Whisper and other models of the Hugging Face hub: most runs do without. */
function hubModels(): Check {
  const use = 'speech by Whisper and captions by models of the Hugging Face hub';
  return optional('hub models', '@huggingface/transformers', use);
}

function voiceModel(): Check {
  const use = 'telling speech from noise by Silero; the level of the sound does it otherwise';
  return optional('voices', '@ricky0123/vad-web', use);
}

function optional(name: string, library: string, use: string): Check {
  const isThere = isInstalled(library);
  const message = isThere ? `${library}: ${use}` : `npm install ${library} for ${use}`;
  return { name, state: isThere ? 'ok' : 'note', message };
}

/** Whether the captioner would find a library. */
function isInstalled(library: string): boolean {
  const captioner = createRequire(import.meta.resolve('@internvid/captioner'));
  return (captioner.resolve.paths(library) ?? []).some((folder) =>
    existsSync(join(folder, library, 'package.json')),
  );
}

async function searchModel(): Promise<Check> {
  const name = 'search';
  try {
    const { universalSentenceEncoder } = await import('@internvid/viclip');
    const message = await withResource(universalSentenceEncoder(), async (encoder) => {
      await encoder.embedTexts(['a dog in the snow']);
      return `${encoder.producer.name}: compares caption texts, ${encoder.dimension} numbers each`;
    });
    return { name, state: 'ok', message };
  } catch (error) {
    return { name, state: 'missing', message: messageOf(error) };
  }
}

/** Most runs do without, so a model that nobody named is no fault. */
async function viclipModel(config: Config): Promise<Check> {
  const name = 'viclip';
  try {
    const settings = viclipSettings(config);
    if (settings === undefined) {
      const message = 'no model is configured: search compares captions, and nothing is scored';
      return { name, state: 'ok', message };
    }
    const message = await withResource(openViclip(settings), async (encoder) => {
      await encoder.embedTexts(['a dog in the snow']);
      const { library, provider, threads } = encoder.runtime;
      return `${settings.model}: ${encoder.dimension} numbers of ${encoder.framesPerClip} frames, ${library} (${provider}, ${threads} threads)`;
    });
    return { name, state: 'ok', message };
  } catch (error) {
    return { name, state: 'missing', message: messageOf(error) };
  }
}

async function disk(folder: string): Promise<Check> {
  const name = 'disk';
  const found = await statfs(folder).catch(() => statfs('.'));
  const free = found.bavail * found.bsize;
  const state = free < LEAST_DISK_BYTES ? 'note' : 'ok';
  return {
    name,
    state,
    message: `${formatBytes(free)} free; sampled frames take about 6 MB for a minute of video`,
  };
}

function machine(): Check {
  const message = `${availableParallelism()} cores, ${formatBytes(totalmem())} of memory; no GPU is used by the embedded models`;
  return { name: 'machine', state: 'ok', message };
}

function messageOf(error: unknown): string {
  return ToolkitError.is(error) || error instanceof Error ? error.message : String(error);
}
