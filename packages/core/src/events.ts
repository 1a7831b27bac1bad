import type { ToolkitError } from './errors.js';
import type { ShardReport, StepTotals } from './report.js';

/** What a run says while it works. Nothing here is needed for its result. */
export type RunEvent =
  | {
      readonly type: 'step-started';
      readonly step: string;
      readonly fingerprint: string;
      readonly shards: number;
      /** Shards that were done before this run. */
      readonly done: number;
    }
  | {
      readonly type: 'shard-started';
      readonly step: string;
      readonly shard: string;
      /** How many items will come, where that is known. */
      readonly items?: number;
    }
  | {
      readonly type: 'item';
      readonly step: string;
      readonly shard: string;
      readonly stage: string;
      readonly id: string;
      readonly outcome: 'kept' | 'dropped' | 'failed' | 'warned';
      /** Drop reason, error code or warning. */
      readonly reason?: string;
      readonly message?: string;
    }
  | {
      readonly type: 'progress';
      readonly step: string;
      readonly shard: string;
      readonly stage: string;
      readonly id: string;
      /** How much of this one item is done, 0 to 1. */
      readonly fraction: number;
    }
  | {
      readonly type: 'shard-finished';
      readonly step: string;
      readonly shard: string;
      readonly report: ShardReport;
    }
  | {
      readonly type: 'shard-failed';
      readonly step: string;
      readonly shard: string;
      readonly error: ToolkitError;
    }
  | { readonly type: 'step-finished'; readonly step: string; readonly totals: StepTotals };

/** Gets every event, in order; must not throw. */
export type RunListener = (event: RunEvent) => void;
