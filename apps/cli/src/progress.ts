import type { RunEvent, RunListener } from '@internvid/core';
import { createLogUpdate } from 'log-update';
import pc from 'picocolors';

import { formatSeconds } from './format.js';

/** Shows how a run goes. */
export interface ProgressView {
  readonly onEvent: RunListener;
  /** Leaves the last state standing. */
  stop(): void;
}

/** Where and how progress is shown. */
export type ProgressOptions = {
  readonly stream: NodeJS.WriteStream;
  /** Redraw in place (a terminal), or print a line now and then. */
  readonly isLive: boolean;
};

const BAR_WIDTH = 24;
const LIVE_EVERY_MS = 100;
const PLAIN_EVERY_MS = 10_000;

/** A shard under way: items finished of those expected, and how far the one at work is, 0 to 1. */
type ShardState = { readonly items: number; stage?: string; finished: number; fraction: number };

type StepState = {
  readonly step: string;
  readonly startedAt: number;
  readonly total: number;
  readonly doneBefore: number;
  done: number;
  dropped: number;
  failed: number;
  readonly running: Map<string, ShardState>;
};

/** Shows one line for the step under way: done and total, rate, time to go, dropped and failed so far. */
export function progressView({ stream, isLive }: ProgressOptions): ProgressView {
  const live = isLive ? createLogUpdate(stream) : undefined;
  let state: StepState | undefined;
  let drawnAt = 0;
  const draw = (isLast: boolean): void => {
    if (state === undefined) return;
    const now = performance.now();
    if (!isLast && now - drawnAt < (live ? LIVE_EVERY_MS : PLAIN_EVERY_MS)) return;
    drawnAt = now;
    if (live === undefined) {
      stream.write(`${plainLine(state, now)}\n`);
      return;
    }
    live(liveLine(state, now));
    if (isLast) live.done();
  };
  const say = (line: string): void => {
    live?.clear();
    stream.write(`${line}\n`);
    drawnAt = 0;
  };
  return {
    onEvent(event) {
      if (event.type === 'step-started') {
        state = startOf(event);
        drawnAt = live ? 0 : performance.now();
      } else if (state !== undefined) {
        count(state, event);
        const notice = noticeOf(event);
        if (notice !== undefined) say(notice);
      }
      draw(event.type === 'step-finished');
      if (event.type === 'step-finished') state = undefined;
    },
    stop() {
      draw(true);
      state = undefined;
    },
  };
}

function startOf(event: RunEvent & { type: 'step-started' }): StepState {
  return {
    step: event.step,
    startedAt: performance.now(),
    total: event.shards,
    doneBefore: event.done,
    done: event.done,
    dropped: 0,
    failed: 0,
    running: new Map(),
  };
}

function count(state: StepState, event: RunEvent): void {
  if (event.type === 'shard-started') {
    state.running.set(event.shard, { items: event.items ?? 1, finished: 0, fraction: 0 });
  }
  if (event.type === 'progress' || event.type === 'item')
    countItem(state.running.get(event.shard), event);
  if (event.type === 'shard-finished' || event.type === 'shard-failed') {
    state.running.delete(event.shard);
    state.done += 1;
  }
  if (event.type === 'shard-failed') state.failed += 1;
  if (event.type === 'item' && event.outcome === 'dropped') state.dropped += 1;
  if (event.type === 'item' && event.outcome === 'failed') state.failed += 1;
}

/** The first stage that speaks is the one that the shard's items are counted at. */
function countItem(
  shard: ShardState | undefined,
  event: RunEvent & { type: 'item' | 'progress' },
): void {
  if (shard === undefined || event.stage !== (shard.stage ??= event.stage)) return;
  if (event.type === 'progress') shard.fraction = event.fraction;
  else if (event.outcome !== 'warned') {
    shard.finished += 1;
    shard.fraction = 0;
  }
}

/** What is said at once and stays on the screen: failures, since their messages say what to do. */
function noticeOf(event: RunEvent): string | undefined {
  if (event.type === 'item' && event.outcome === 'failed') {
    return `${pc.red('failed')}  ${event.id}  ${event.message ?? ''} ${pc.dim(`[${event.reason ?? ''}]`)}`;
  }
  if (event.type === 'shard-failed') {
    return `${pc.red('failed')}  ${event.shard}  ${event.error.message} ${pc.dim(`[${event.error.code}]`)}`;
  }
  return undefined;
}

function liveLine(state: StepState, now: number): string {
  const share = shareOf(state);
  const filled = Math.round(share * BAR_WIDTH);
  const bar = pc.cyan('━'.repeat(filled)) + pc.dim('━'.repeat(BAR_WIDTH - filled));
  return `${pc.bold(state.step.padEnd(8))} ${bar} ${figures(state, now)}`;
}

function plainLine(state: StepState, now: number): string {
  return `${state.step}: ${figures(state, now)}`;
}

function figures(state: StepState, now: number): string {
  const seconds = (now - state.startedAt) / 1000;
  const worked = shareOf(state) * state.total - state.doneBefore;
  const left = state.total * (1 - shareOf(state));
  const isDone = state.done >= state.total;
  const parts = [
    `${state.done}/${state.total}`,
    worked > 0 && seconds > 0.5
      ? `${(worked / seconds).toFixed(worked / seconds < 10 ? 1 : 0)}/s`
      : '',
    isDone
      ? formatSeconds(seconds)
      : worked > 0
        ? `ETA ${formatSeconds((left * seconds) / worked)}`
        : '',
    state.dropped > 0 ? `dropped ${state.dropped}` : '',
    state.failed > 0 ? `failed ${state.failed}` : '',
  ];
  return parts.filter((part) => part !== '').join('  ');
}

function shareOf(state: StepState): number {
  if (state.total === 0) return 1;
  let underWay = 0;
  for (const { finished, fraction, items } of state.running.values()) {
    underWay += Math.min(1, (finished + fraction) / items);
  }
  return Math.min(1, (state.done + underWay) / state.total);
}
