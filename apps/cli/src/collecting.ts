import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import type {
  DownloadVideosOptions,
  ListingRequest,
  ManifestName,
  ProbedVideo,
  Quota,
  QuotaField,
  VideoCandidate,
} from '@internvid/collector';
import {
  drop,
  from,
  mapStage,
  step,
  tableSink,
  videosTable,
  type JsonObject,
  type Pipeline,
  type Source,
  type Stage,
  type Step,
  type Video,
} from '@internvid/core';
import type { FrameReader } from '@internvid/core/media';
import { z } from 'zod';

import { UsageError } from './exit.js';
import { sortInputs, type Inputs } from './inputs.js';
import { joinSources } from './join-sources.js';
import { wholeNumber, type Session } from './session.js';
import { defined } from './settings.js';

/** Flags about videos that are to be fetched. */
export type CollectFlags = {
  readonly queries?: string;
  readonly from?: string;
  readonly exclude?: readonly string[];
  readonly quota?: readonly string[];
  readonly fullDetails?: boolean;
  readonly ytDlp?: string;
};

/** What collecting works with. */
export type Collecting = {
  readonly session: Session;
  readonly frames: FrameReader;
  readonly flags: CollectFlags;
  /** Runs a step and gives it back. */
  run(step: Step): Promise<Step>;
};

/** Finds the videos, fetches those that are elsewhere, and probes them: the steps of `COLLECT_STEPS` that are needed. */
export async function collectVideos(names: readonly string[], work: Collecting): Promise<Step> {
  const { queries } = work.flags;
  const inputs = sortInputs(names);
  if (queries !== undefined && names.length === 0)
    return collectElsewhere({ kind: 'elsewhere', tables: [], addresses: [] }, work);
  if (inputs.kind === 'elsewhere') return collectElsewhere(inputs, work);
  refuseFetchingFlags(work.flags);
  const { folderSource, probeVideos, webDatasetSource } = await import('@internvid/collector');
  const { session, frames } = work;
  const source =
    inputs.kind === 'here'
      ? folderSource(inputs.paths)
      : webDatasetSource(inputs.paths, { folder: join(session.store.location, 'collected') });
  const probed = from(source).through(probeVideos({ frames }));
  return work.run(await collectStep(probed, work));
}

function refuseFetchingFlags(flags: CollectFlags): void {
  const flag = FETCHING_FLAGS.find(([name]) => flags[name] !== undefined)?.[1];
  if (flag === undefined) return;
  throw new UsageError(
    `${flag} is about lists and addresses of videos elsewhere, and the videos named are here.`,
  );
}

const FETCHING_FLAGS: readonly (readonly [keyof CollectFlags, string])[] = [
  ['queries', '--queries'],
  ['from', '--from'],
  ['quota', '--quota'],
  ['fullDetails', '--full-details'],
  ['ytDlp', '--yt-dlp'],
];

async function collectElsewhere(
  inputs: Extract<Inputs, { kind: 'elsewhere' }>,
  work: Collecting,
): Promise<Step> {
  const collector = await import('@internvid/collector');
  const { session, frames, flags, run } = work;
  const { candidatesTable, listedCandidates } = collector;
  const source = joinSources(await sourcesOf(inputs, work));
  const found = await run(step('find', from(source), tableSink(candidatesTable)));
  const quotas = flags.quota?.map(quotaOf) ?? [];
  const chosen =
    quotas.length === 0
      ? found
      : await run(
          step(
            'choose',
            from(listedCandidates(found, { together: true })).through(
              collector.applyQuotas({ quotas }),
            ),
            tableSink(candidatesTable),
          ),
        );
  const options = downloadOptions(session, flags, frames);
  const listed = (await withoutExcluded(from(listedCandidates(chosen)), work)).through(
    await dropWithdrawn('drop-withdrawn-addresses', session, ({ url }: VideoCandidate) => url),
  );
  return run(await collectStep(listed.through(collector.downloadVideos(options)), work, true));
}

/** What the inputs list, each kind of list one source. */
async function sourcesOf(
  { tables, addresses }: Extract<Inputs, { kind: 'elsewhere' }>,
  { session, flags }: Collecting,
): Promise<readonly Source<VideoCandidate>[]> {
  const collector = await import('@internvid/collector');
  const files = addresses.filter(
    (address) => /^https?:/i.test(address) && collector.isVideoFileAddress(address),
  );
  const searches = flags.queries === undefined ? [] : await readSearches(flags.queries);
  const listings = [...addresses.filter((address) => !files.includes(address)), ...searches];
  const { allowPrivateAddresses } = session.config.download ?? {};
  const ytDlp = flags.ytDlp ?? session.config.download?.ytDlp;
  return [
    ...(tables.length === 0 ? [] : [await tableSourceOf(tables, flags.from)]),
    ...(files.length === 0 ? [] : [collector.addressList(files)]),
    ...(listings.length === 0
      ? []
      : [
          collector.ytDlpListing(listings, {
            details: flags.fullDetails === true ? 'full' : 'flat',
            ...defined({ allowPrivateAddresses, ytDlp }),
          }),
        ]),
  ];
}

/** The searches of a file that `internvid queries` wrote, with what is known of each. */
async function readSearches(path: string): Promise<readonly ListingRequest[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new UsageError(`--queries: ${path} cannot be read: ${String(error)}.`);
  });
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines.flatMap((line, index): readonly ListingRequest[] => {
    if (line === '') return [];
    const request = SEARCH.safeParse(line.startsWith('{') ? parseJson(line) : { target: line });
    if (request.success) return [request.data];
    throw new UsageError(`--queries: line ${index + 1} of ${path} is no search.`);
  });
}

const SEARCH = z.object({
  target: z.string().min(1),
  metadata: z.record(z.string(), z.json()).default({}),
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function tableSourceOf(
  tables: readonly string[],
  format: string | undefined,
): Promise<Source<VideoCandidate>> {
  const { manifestSource, urlTable } = await import('@internvid/collector');
  if (format === undefined) return urlTable(tables);
  const known = MANIFESTS.find((name) => name === format);
  if (known === undefined)
    throw new UsageError(`--from must be one of ${MANIFESTS.join(', ')}, got "${format}".`);
  return manifestSource(tables, { format: known });
}

const MANIFESTS: readonly ManifestName[] = [
  'internvid',
  'panda-70m',
  'koala-36m',
  'openvid-1m',
  'miradata',
  'finevideo',
  'webvid',
];

const QUOTA_FIELDS: readonly QuotaField[] = [
  'all',
  'query',
  'query-category',
  'category',
  'language',
  'country',
  'channel',
  'license',
  'year',
  'month',
];

function quotaOf(text: string): Quota {
  const [name = '', count = ''] = text.split('=');
  const by = QUOTA_FIELDS.find((field) => field === name);
  if (by === undefined)
    throw new UsageError(
      `--quota takes FIELD=COUNT with one of ${QUOTA_FIELDS.join(', ')}, got "${text}".`,
    );
  return { by, max: wholeNumber('--quota', count, 1) };
}

async function withoutExcluded<Item extends Excludable>(
  pipeline: Pipeline<Item>,
  { session, flags }: Collecting,
): Promise<Pipeline<Item>> {
  const lists = flags.exclude ?? session.config.exclude ?? [];
  if (lists.length === 0) return pipeline;
  const { excludeListed, readExclusionList } = await import('@internvid/collector');
  const list = await readExclusionList(lists, { signal: session.signal });
  return pipeline.through(excludeListed<Item>(list));
}

type Excludable = { readonly id: string; readonly metadata: JsonObject } & (
  { readonly url: string } | { readonly uri: string }
);

function downloadOptions(
  { config, store }: Session,
  flags: CollectFlags,
  frames: FrameReader,
): DownloadVideosOptions {
  const { budgetBytes, budgetMs, perHost, ytDlp, subtitleLanguages, ...rest } =
    config.download ?? {};
  return {
    folder: resolve(store.location, 'downloads', 'videos'),
    frames,
    ...defined(rest),
    perHost: defined(perHost),
    budget: defined({ bytes: budgetBytes, ms: budgetMs }),
    ytDlp: defined({ path: flags.ytDlp ?? ytDlp, ffmpegPath: config.ffmpeg, subtitleLanguages }),
  };
}

/** Keeps the videos that are admitted; exclusion lists hold for files of this machine too. */
async function collectStep(
  probed: Pipeline<ProbedVideo>,
  work: Collecting,
  isExcluded = false,
): Promise<Step> {
  const { admitVideos } = await import('@internvid/collector');
  const allowed = isExcluded ? probed : await withoutExcluded(probed, work);
  const left = allowed.through(
    await dropWithdrawn('drop-withdrawn', work.session, ({ uri }: ProbedVideo) => uri),
  );
  const admitted = left.through(admitVideos(defined(work.session.config.admit)));
  return step('collect', admitted, tableSink(videosTable));
}

/**
 * Drops videos that were withdrawn: what was taken out once does not come in again. Tombstones are no setting, so that a new one leaves
 * what is collected already as it is; every output leaves that out.
 */
async function dropWithdrawn<Item extends Pick<Video, 'id' | 'metadata'>>(
  name: string,
  { store, signal }: Session,
  uriOf: (item: Item) => string,
): Promise<Stage<Item, Item>> {
  const { readWithdrawals, withdrawnBy } = await import('@internvid/generation');
  const isWithdrawn = withdrawnBy(await readWithdrawals(store, signal));
  return mapStage({
    name,
    version: 1,
    config: {},
    map: (item: Item) =>
      isWithdrawn({ id: item.id, uri: uriOf(item), metadata: item.metadata })
        ? drop('withdrawn')
        : item,
  });
}
