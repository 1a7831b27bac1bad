import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { ToolkitError } from '@internvid/core';
import type { ClipTokenizer, ViclipEncoder } from '@internvid/viclip';

import type { Config } from './config.js';
import { UsageError } from './exit.js';

/** Flags that say which ViCLIP model looks at pictures. */
export type ViclipFlags = { readonly model?: string; readonly merges?: string };

/** A ViCLIP model and how it is run. */
export type ViclipSettings = {
  readonly model: string;
  readonly merges: string;
  readonly engine: 'onnx' | 'tfjs';
  readonly provider: 'cpu' | 'cuda';
  /** Undefined: as many as the machine has. */
  readonly threads: number | undefined;
};

/** Where `internvid viclip fetch merges` puts the merges, and where they are looked for unless they are named. */
export function keptMerges(): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(cache, 'internvid', 'bpe_simple_vocab_16e6.txt.gz');
}

/**
 * The model of the flags, else of the config; undefined where neither names one.
 *
 * @throws UsageError for merges or threads that no model uses.
 */
export function viclipSettings(
  { viclip = {} }: Config,
  flags: ViclipFlags = {},
): ViclipSettings | undefined {
  const { engine = 'onnx', provider = 'cpu', threads } = viclip;
  const model = flags.model ?? viclip.model;
  if (model === undefined) {
    if (flags.merges === undefined) return undefined;
    throw new UsageError('--merges goes with a model: add --model FOLDER.');
  }
  if (engine === 'tfjs' && threads !== undefined)
    throw new UsageError('viclip.threads is for the engine onnx: tfjs runs on one thread.');
  const merges = flags.merges ?? viclip.merges ?? keptMerges();
  return { model, merges, engine, provider, threads };
}

/** What tells how pleasing clips are found: an image CLIP, and the predictor on its vectors. */
export type AestheticSettings = {
  readonly clip: ViclipSettings;
  readonly head: string;
  readonly sha256: string | undefined;
};

/** What the config says of it; undefined where it says nothing. */
export function aestheticSettings(config: Config): AestheticSettings | undefined {
  const { aesthetics } = config.viclip ?? {};
  if (aesthetics === undefined) return undefined;
  const { model, head, sha256 } = aesthetics;
  const clip = viclipSettings(config, { model });
  return clip && { clip, head, sha256 };
}

/**
 * As `viclipSettings`, for commands that cannot do without.
 *
 * @throws UsageError that says how to name one.
 */
export function neededViclip(config: Config, flags: ViclipFlags): ViclipSettings {
  const settings = viclipSettings(config, flags);
  if (settings !== undefined) return settings;
  throw new UsageError(
    'Name a ViCLIP model: --model FOLDER, or `viclip.model` in the config. `internvid viclip convert` makes such a folder.',
  );
}

/** Starts the model. @param preprocessing as `PREPROCESSINGS` names it. */
export async function openViclip(
  { model, merges, engine, provider, threads }: ViclipSettings,
  signal?: AbortSignal,
  preprocessing: 'viclip' | 'clip' = 'viclip',
): Promise<ViclipEncoder> {
  const { onnxViclip, PREPROCESSINGS, tfjsViclip } = await import('@internvid/viclip');
  const tokenizer = await openTokenizer(merges, signal);
  const options = { model, tokenizer, provider, preprocessing: PREPROCESSINGS[preprocessing] };
  return engine === 'tfjs'
    ? tfjsViclip(options)
    : onnxViclip({ ...options, ...(threads === undefined ? {} : { threads }) });
}

/** The tokenizer of these merges. */
export async function openTokenizer(merges: string, signal?: AbortSignal): Promise<ClipTokenizer> {
  const { clipTokenizer, loadClipMerges } = await import('@internvid/viclip');
  if (!existsSync(merges)) throw noMerges(merges);
  return clipTokenizer(
    await loadClipMerges({ path: merges, ...(signal === undefined ? {} : { signal }) }),
  );
}

/** Starts the model and stops it again: hours of other steps must not come before the news that it does not run. */
export async function checkViclip(settings: ViclipSettings, signal: AbortSignal): Promise<void> {
  await (await openViclip(settings, signal))[Symbol.asyncDispose]();
}

function noMerges(path: string): ToolkitError {
  const message = `There are no merges of the tokenizer at ${path}. Name your copy of bpe_simple_vocab_16e6.txt.gz with --merges, or run: internvid viclip fetch merges`;
  return new ToolkitError('not-found', message);
}
