import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  sha256,
  slug,
  ToolkitError,
  type JsonObject,
  type Shard,
  type Source,
  type StageContext,
} from '@internvid/core';
import { z } from 'zod';
import {
  addressGuard,
  type AddressGuard,
  type AddressGuardOptions,
} from '../download/address-guard.js';
import type { VideoCandidate } from '../download/candidate.js';
import { downloadError } from '../download/problem.js';
import { openCheckingProxy } from '../download/yt-dlp/checking-proxy.js';
import { findYtDlp, type FoundYtDlp } from '../download/yt-dlp/find-yt-dlp.js';
import { runYtDlp } from '../download/yt-dlp/run-yt-dlp.js';
import { ytDlpError } from '../download/yt-dlp/yt-dlp-errors.js';
import { reasonToRefuse } from '../query/safe-query.js';
import { ENTRY_TEMPLATE, listedEntry } from './listing-entry.js';
import { listingTarget, type ListingTarget } from './listing-target.js';

/** What is to be listed: a search or an address, with what is known of the videos that it finds. */
export type ListingRequest = string | { readonly target: string; readonly metadata: JsonObject };

/** How sites are listed. */
export type YtDlpListingOptions = {
  /**
   * `flat` (default): what the list itself says of each video, some hundred videos to a request: title, length, channel. `full`: every
   * video's own page is read too, which is slow and gives licence, tags, language, date and which subtitles there are. A single page is
   * always read in full.
   */
  readonly details?: 'flat' | 'full';
  /** Videos of one channel, playlist or page at most. Default 1,000. A search says its own number. */
  readonly maxPerTarget?: number;
  /** Any text, for instance a date. What was listed is not listed again until this changes: lists grow. */
  readonly edition?: string;
  /** A target takes no longer, in milliseconds. Default 600,000. */
  readonly timeoutMs?: number;
  /** What becomes of searches that the safety rules of queries refuse. Default `drop`, as `unsafe-query-<reason>`. */
  readonly unsafeQueries?: 'drop' | 'keep';
  /** Path of yt-dlp. Default: `INTERNVID_YT_DLP`, then `PATH`. */
  readonly ytDlp?: string;
} & Pick<AddressGuardOptions, 'allowPrivateAddresses' | 'resolve'>;

type Settings = {
  readonly options: Required<
    Pick<YtDlpListingOptions, 'details' | 'maxPerTarget' | 'timeoutMs' | 'unsafeQueries'>
  >;
  readonly guard: AddressGuard;
  readonly program: () => FoundYtDlp;
};

/**
 * Videos that yt-dlp lists, one shard for each target: searches (`ytsearch20:slicing bread`), channels, playlists, feeds and pages.
 * Nothing is fetched but the lists, through a proxy that holds every connection to public addresses.
 *
 * Drops `duplicate-video` within a target, `private`, `gone` and `live-stream`. A target, or an entry of it, that cannot be listed
 * fails with the classes of downloading.
 *
 * @throws TypeError for no targets; ToolkitError `invalid-config` for a target that is none, and `missing-dependency`, when a shard is
 * read, without yt-dlp.
 */
export function ytDlpListing(
  targets: ListingRequest | readonly ListingRequest[],
  options: YtDlpListingOptions = {},
): Source<VideoCandidate> {
  const requests = Array.isArray(targets)
    ? (targets as readonly ListingRequest[])
    : [targets as ListingRequest];
  const wanted = requests.map(wantedOf);
  if (wanted.length === 0) throw new TypeError('ytDlpListing needs at least one target.');
  const { details = 'flat', maxPerTarget = 1_000, timeoutMs = 600_000, edition } = options;
  const { unsafeQueries = 'drop' } = options;
  let found: FoundYtDlp | undefined;
  const settings: Settings = {
    options: {
      details,
      maxPerTarget: positive(maxPerTarget, 'maxPerTarget'),
      timeoutMs: positive(timeoutMs, 'timeoutMs'),
      unsafeQueries,
    },
    guard: addressGuard(options),
    program: () => (found ??= findYtDlp(options.ytDlp)),
  };
  return {
    name: 'yt-dlp-listing',
    version: 1,
    config: { details, maxPerTarget, unsafeQueries },
    async *shards() {
      for (const [text, metadata] of new Map(wanted)) {
        const input = { target: text, metadata, ...(edition === undefined ? {} : { edition }) };
        yield { id: `${slug(text)}-${sha256(text).slice(0, 12)}`, input };
      }
    },
    read: (shard, context) => readTarget(shard, settings, context),
  };
}

function wantedOf(request: ListingRequest): readonly [text: string, metadata: JsonObject] {
  const [target, metadata] =
    typeof request === 'string' ? [request, {}] : [request.target, request.metadata];
  return [listingTarget(target).text, metadata];
}

async function* readTarget(
  shard: Shard,
  settings: Settings,
  context: StageContext,
): AsyncGenerator<VideoCandidate> {
  const { target, metadata } = inputOf(shard);
  const found = { ...foundBy(target), ...metadata };
  const unsafe = target.kind === 'search' ? reasonToRefuse(target.query) : undefined;
  if (unsafe !== undefined && settings.options.unsafeQueries === 'drop') {
    context.drop({ id: shard.id }, `unsafe-query-${unsafe}`);
    return;
  }
  const seen = new Set<string>();
  let lines: Listing;
  try {
    lines = await list(target, settings, context.signal);
  } catch (error) {
    context.signal.throwIfAborted();
    context.fail({ id: shard.id }, error);
    return;
  }
  for (const line of lines.entries) {
    const entry = listedEntry(line, found);
    if (entry === undefined) continue;
    if ('dropped' in entry) context.drop({ id: `${shard.id}-${entry.id}` }, entry.dropped);
    else if ('problem' in entry) {
      const message = `An entry of ${target.text} cannot be used: ${entry.problem}.`;
      context.fail({ id: `${shard.id}-${entry.id}` }, new ToolkitError('invalid-record', message));
    } else if (seen.has(entry.candidate.id)) context.drop(entry.candidate, 'duplicate-video');
    else {
      seen.add(entry.candidate.id);
      yield entry.candidate;
    }
  }
  for (const [index, line] of lines.errors.entries()) {
    context.fail({ id: `${shard.id}-error-${index}` }, ytDlpError(target.text, [line]));
  }
}

type Listing = { readonly entries: readonly string[]; readonly errors: readonly string[] };

/** The lines of a whole list: at most some thousand of a few kilobytes. */
async function list(
  target: ListingTarget,
  settings: Settings,
  signal: AbortSignal,
): Promise<Listing> {
  const { options, guard, program } = settings;
  const { path } = program();
  if (target.kind === 'address') await guard.addresses(guard.check(target.text).hostname);
  const folder = await mkdtemp(join(tmpdir(), 'internvid-listing-'));
  const proxy = await openCheckingProxy({ guard, onBytes: () => undefined });
  const deadline = AbortSignal.timeout(options.timeoutMs);
  const entries: string[] = [];
  const errors: string[] = [];
  try {
    const run = await runYtDlp({
      path,
      args: listingArguments(target, options),
      folder,
      proxyUrl: proxy.url,
      signal: AbortSignal.any([signal, deadline]),
      onLine(line) {
        if (line.startsWith('ERROR:')) errors.push(line);
        else entries.push(line);
      },
    });
    const hasEntries = entries.some((line) => listedEntry(line, {}) !== undefined);
    if (!hasEntries && run.code !== 0) throw proxy.refused[0] ?? ytDlpError(target.text, run.lines);
    return { entries, errors };
  } catch (error) {
    signal.throwIfAborted();
    if (!deadline.aborted) throw error;
    const message = `Listing ${target.text} took longer than ${options.timeoutMs} ms and was ended.`;
    throw downloadError('stalled', message, { cause: error });
  } finally {
    await proxy.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A fixed list, in which only the target comes from outside, behind `--`. */
function listingArguments(target: ListingTarget, options: Settings['options']): readonly string[] {
  return [
    ...['--ignore-config', '--no-cache-dir', '--simulate', '--ignore-errors', '--no-warnings'],
    ...(options.details === 'flat' ? ['--flat-playlist'] : []),
    ...['--playlist-end', String(target.kind === 'search' ? target.count : options.maxPerTarget)],
    ...['--socket-timeout', '30', '--retries', '2', '--extractor-retries', '2'],
    ...['--ignore-no-formats-error', '--print', ENTRY_TEMPLATE],
    ...['--', target.text],
  ];
}

function foundBy(target: ListingTarget): JsonObject {
  return target.kind === 'search' ? { query: target.query } : { listing: target.text };
}

const inputSchema = z.object({ target: z.string(), metadata: z.record(z.string(), z.json()) });

function inputOf(shard: Shard): { readonly target: ListingTarget; readonly metadata: JsonObject } {
  const parsed = inputSchema.safeParse(shard.input);
  if (parsed.success)
    return { target: listingTarget(parsed.data.target), metadata: parsed.data.metadata };
  throw new ToolkitError('invalid-record', `Shard ${shard.id} was not made by the listing source.`);
}

function positive(value: number, name: string): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new RangeError(`options.${name} must be a whole number of at least 1, got ${value}.`);
}
