import {
  assumedCost,
  assumedPictureTokens,
  captionRequest,
  dollars,
  type AssumedCost,
  type Captioner,
  type ChatCaptioner,
  type ChatSpending,
  type PlannedQuestion,
} from '@internvid/captioner';
import { ToolkitError } from '@internvid/core';

import { dollarText, openCaptioner, openChatCaptioner, priceOf } from '../captioning.js';
import { formatSeconds, formatTable, plural } from '../format.js';
import { plain, print } from '../output.js';
import { sampledClips } from '../sampled-clips.js';
import { openSession, wholeNumber, type CommonFlags, type Session } from '../session.js';
import type { ClipWithFrames } from '../steps.js';
import { withResource } from '../with-resource.js';

/** Flags of `plan`. */
export type PlanFlags = CommonFlags & { readonly measure?: string };

/** A forecast and what it rests on. */
type Figure = {
  readonly value: number;
  /** Counted in the dataset; assumed by rules; or measured on clips that were really captioned. */
  readonly basis: 'counted' | 'assumed' | 'measured';
};

type Plan = {
  readonly clips: Figure;
  readonly frames: Figure;
  readonly requests?: Figure;
  readonly inputTokens?: Figure;
  readonly outputTokens?: Figure;
  readonly usd?: Figure;
  readonly seconds?: Figure;
};

/** `internvid plan`: what captioning the sampled clips of a dataset would take, before it is done. */
export async function plan(dataset: string | undefined, flags: PlanFlags): Promise<void> {
  const session = await openSession(flags, dataset);
  const measured = flags.measure === undefined ? 0 : wholeNumber('--measure', flags.measure, 1);
  const chat = await openChatCaptioner(session);
  const totals = await countAll(session, chat);
  if (totals.clips === 0)
    throw new ToolkitError(
      'not-found',
      `${session.store.location} has no sampled clips to plan for.`,
    );
  const sample = measured === 0 ? [] : await someClips(session, totals.clips, measured);
  const figures =
    chat === undefined
      ? await withResource(openCaptioner(session), (captioner) =>
          timed(session, captioner, totals, sample),
        )
      : await withResource(Promise.resolve(chat), (opened) =>
          forecast(session, opened, totals, sample),
        );
  print(flags, { dataset: session.store.location, ...plain(figures) }, () =>
    planText(session, figures, sample.length),
  );
}

/** What requests are assumed to cost, in dollars too; models without a price cost none. */
type Cost = AssumedCost & { readonly usd: number };

type Totals = Cost & { readonly clips: number; readonly frames: number };

async function countAll(session: Session, chat: ChatCaptioner | undefined): Promise<Totals> {
  const totals = { clips: 0, frames: 0, requests: 0, inputTokens: 0, outputTokens: 0, usd: 0 };
  for await (const clip of sampledClips(session)) {
    const cost = chat === undefined ? undefined : costOf(clip, chat, session);
    totals.clips += 1;
    totals.frames += clip.frames.length;
    totals.requests += cost?.requests ?? 0;
    totals.inputTokens += cost?.inputTokens ?? 0;
    totals.outputTokens += cost?.outputTokens ?? 0;
    totals.usd += cost?.usd ?? 0;
  }
  return totals;
}

function costOf(clip: ClipWithFrames, chat: ChatCaptioner, { store, config }: Session): Cost {
  const sizes = clip.frames.map(({ width, height }) => assumedPictureTokens(width, height));
  const planned = chat.questions(captionRequest(clip, store));
  const { model, textModel, prices } = config.caption ?? {};
  const sees = ({ question }: PlannedQuestion): boolean => question.pictures.length > 0;
  const usdOf = (questions: readonly PlannedQuestion[], of: typeof model): number =>
    dollars(assumedCost(questions, Math.max(...sizes)), priceOf(of, prices)) ?? 0;
  return {
    ...assumedCost(planned, Math.max(...sizes)),
    usd:
      usdOf(planned.filter(sees), model) +
      usdOf(
        planned.filter((each) => !sees(each)),
        textModel ?? model,
      ),
  };
}

/** Clips evenly spread over the dataset. */
async function someClips(
  session: Session,
  clips: number,
  wanted: number,
): Promise<readonly ClipWithFrames[]> {
  const taken: ClipWithFrames[] = [];
  let at = 0;
  for await (const clip of sampledClips(session)) {
    if (taken.length < wanted && at >= (taken.length * clips) / Math.min(wanted, clips))
      taken.push(clip);
    at += 1;
  }
  return taken;
}

/** Of a captioner that sends nothing, time is all that can be said. */
async function timed(
  { store, signal }: Session,
  captioner: Captioner,
  { clips, frames }: Totals,
  sample: readonly ClipWithFrames[],
): Promise<Plan> {
  const startedAt = performance.now();
  for (const clip of sample) await captioner.caption([captionRequest(clip, store)], signal);
  const seconds = (performance.now() - startedAt) / 1_000;
  return {
    clips: { value: clips, basis: 'counted' },
    frames: { value: frames, basis: 'counted' },
    ...(sample.length === 0
      ? {}
      : { seconds: { value: (seconds / sample.length) * clips, basis: 'measured' } }),
  };
}

/** What a chat model would take: by rules, corrected by what the sample really took. */
async function forecast(
  session: Session,
  chat: ChatCaptioner,
  totals: Totals,
  sample: readonly ClipWithFrames[],
): Promise<Plan> {
  const { store, signal } = session;
  const startedAt = performance.now();
  const results = await chat.captionEach(
    sample.map((clip) => captionRequest(clip, store)),
    signal,
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  for (const result of results)
    if (result instanceof Error) process.stderr.write(`not captioned: ${result.message}\n`);
  const spent = chat.spending();
  if (sample.length > 0 && spent.requests - spent.unmetered === 0)
    process.stderr.write(
      'The sample was answered from earlier runs or not at all, so that nothing was measured.\n',
    );
  const assumed = sample.map((clip) => costOf(clip, chat, session));
  const factor = factorsOf(spent, assumed);
  const basis = factor === undefined ? 'assumed' : 'measured';
  const tokens = {
    inputTokens: Math.round(totals.inputTokens * (factor?.inputTokens ?? 1)),
    outputTokens: Math.round(totals.outputTokens * (factor?.outputTokens ?? 1)),
  };
  const usd = spent.usd === undefined ? undefined : totals.usd * (factor?.usd ?? 1);
  const requests = Math.round(totals.requests * (factor?.requests ?? 1));
  return {
    clips: { value: totals.clips, basis: 'counted' },
    frames: { value: totals.frames, basis: 'counted' },
    requests: { value: requests, basis: factor === undefined ? 'counted' : 'measured' },
    inputTokens: { value: tokens.inputTokens, basis },
    outputTokens: { value: tokens.outputTokens, basis },
    ...(usd === undefined ? {} : { usd: { value: usd, basis } }),
    ...(factor === undefined
      ? {}
      : { seconds: { value: (seconds / spent.requests) * requests, basis: 'measured' } }),
  };
}

/** Measured over assumed; `undefined` where nothing was measured. */
function factorsOf(spent: ChatSpending, assumed: readonly Cost[]): Cost | undefined {
  if (spent.requests === spent.unmetered || spent.stored > 0) return undefined;
  const total = (name: keyof Cost): number => assumed.reduce((sum, each) => sum + each[name], 0);
  return {
    requests: spent.requests / total('requests'),
    inputTokens: spent.inputTokens / total('inputTokens'),
    outputTokens: spent.outputTokens / total('outputTokens'),
    usd: total('usd') === 0 ? 1 : (spent.usd ?? 0) / total('usd'),
  };
}

function planText({ config, store }: Session, figures: Plan, sampled: number): string {
  const shown: Record<keyof Plan, (value: number) => string> = {
    clips: (value) => value.toLocaleString('en'),
    frames: (value) => value.toLocaleString('en'),
    requests: (value) => value.toLocaleString('en'),
    inputTokens: (value) => value.toLocaleString('en'),
    outputTokens: (value) => value.toLocaleString('en'),
    usd: dollarText,
    seconds: formatSeconds,
  };
  const names: Partial<Record<keyof Plan, string>> = {
    inputTokens: 'input tokens',
    outputTokens: 'output tokens',
    usd: 'money',
    seconds: 'time',
  };
  const rows = (Object.entries(figures) as [keyof Plan, Figure][]).map(
    ([key, { value, basis }]) => [names[key] ?? key, shown[key](value), basis],
  );
  const isChat = config.caption?.model !== undefined;
  return [
    formatTable(['', 'forecast', 'basis'], rows),
    '',
    ...(sampled > 0
      ? [`Measured on ${plural(sampled, 'clip')} spread over ${store.location}.`]
      : []),
    ...(isChat && sampled === 0
      ? [
          'Assumed: 3.5 characters a token, one token for each 28 x 28 pixels, answers of 0.7 times the words asked for, no second tries.',
        ]
      : []),
    ...(isChat && figures.usd === undefined
      ? ['No price is set for this model: caption.prices.']
      : []),
    ...(sampled === 0
      ? [
          `Measure instead:  internvid plan ${store.location} --measure 10${isChat ? '   (sends requests; their answers are kept)' : ''}`,
        ]
      : []),
  ].join('\n');
}
