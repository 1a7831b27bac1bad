import { ToolkitError } from '@internvid/core';
import type { AnswerFault } from './answer-checks.js';
import type { Usage } from './raw-answer.js';

/** US dollars for a million tokens. */
export type ChatPrice = { readonly inputPerMillion: number; readonly outputPerMillion: number };

/** What one run may spend at most; what is left over is done by the next run. */
export type ChatBudget = {
  readonly requests?: number;
  /** Input and output tokens together. */
  readonly tokens?: number;
  /** Needs the price of every model. */
  readonly usd?: number;
};

/** What was asked and what it cost, since the asker was made. */
export type ChatSpending = {
  /** Requests sent, those that failed included. */
  readonly requests: number;
  /** Answers taken from the store instead: asked and paid for by an earlier run. */
  readonly stored: number;
  /** Requests of which the server said no token counts: refused, broken off, timed out. A provider may charge for some of them. */
  readonly unmetered: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of the counted tokens; absent where the price of a model is not known. */
  readonly usd?: number;
  /** Answers that were not taken, by what was wrong; stored ones included. */
  readonly rejected: { readonly [Fault in AnswerFault]?: number };
};

/** Keeps the books of requests. */
export interface Ledger {
  /**
   * Sets aside what a request may cost, before it is sent.
   *
   * @param price of the model that is asked.
   * @returns books what it did cost; must be called once.
   * @throws ToolkitError `model-failed`, retryable, where the budget does not allow it.
   */
  reserve(most: Usage, price: ChatPrice | undefined): (usage: Usage | undefined) => void;
  addStored(): void;
  addRejected(fault: AnswerFault): void;
  spending(): ChatSpending;
}

const MILLION = 1_000_000;

/**
 * @param prices of all models.
 * @throws ToolkitError `invalid-config` for a budget in dollars where a price is missing.
 */
export function openLedger(
  prices: readonly (ChatPrice | undefined)[],
  budget: ChatBudget = {},
): Ledger {
  const isPriced = !prices.includes(undefined);
  if (budget.usd !== undefined && !isPriced) {
    const message =
      'A budget in dollars needs the price of every model: set it, or give the budget in tokens or requests.';
    throw new ToolkitError('invalid-config', message);
  }
  const counts = { requests: 0, stored: 0, unmetered: 0, inputTokens: 0, outputTokens: 0 };
  const money = { usd: 0 };
  const held = { tokens: 0, usd: 0 };
  const rejected: { [Fault in AnswerFault]?: number } = {};
  return {
    reserve(most, price) {
      const tokens = most.inputTokens + most.outputTokens;
      const usd = dollars(most, price) ?? 0;
      const after = {
        requests: counts.requests + 1,
        tokens: counts.inputTokens + counts.outputTokens + held.tokens + tokens,
        usd: money.usd + held.usd + usd,
      };
      if (isOver(after, budget)) throw overBudget(budget, counts);
      counts.requests += 1;
      held.tokens += tokens;
      held.usd += usd;
      return (usage) => {
        held.tokens -= tokens;
        held.usd -= usd;
        if (usage === undefined) counts.unmetered += 1;
        counts.inputTokens += usage?.inputTokens ?? 0;
        counts.outputTokens += usage?.outputTokens ?? 0;
        money.usd += usage === undefined ? 0 : (dollars(usage, price) ?? 0);
      };
    },
    addStored() {
      counts.stored += 1;
    },
    addRejected(fault) {
      rejected[fault] = (rejected[fault] ?? 0) + 1;
    },
    spending: () => ({
      ...counts,
      rejected: { ...rejected },
      ...(isPriced ? { usd: money.usd } : {}),
    }),
  };
}

/** What tokens cost in dollars; `undefined` where the price is not known. */
export function dollars(
  { inputTokens, outputTokens }: Usage,
  price: ChatPrice | undefined,
): number | undefined {
  if (price === undefined) return undefined;
  return (inputTokens * price.inputPerMillion + outputTokens * price.outputPerMillion) / MILLION;
}

function isOver(
  after: { readonly requests: number; readonly tokens: number; readonly usd: number },
  budget: ChatBudget,
): boolean {
  const { requests = Infinity, tokens = Infinity, usd = Infinity } = budget;
  return after.requests > requests || after.tokens > tokens || after.usd > usd;
}

function overBudget(
  budget: ChatBudget,
  spent: Usage & { readonly requests: number },
): ToolkitError {
  const limits = Object.entries(budget).map(([name, limit]) => `${limit} ${name}`);
  const message =
    `The budget of this run (${limits.join(', ')}) does not allow another request after ${spent.requests} requests and ` +
    `${spent.inputTokens + spent.outputTokens} tokens. Run the same command again to go on with a new one.`;
  return new ToolkitError('model-failed', message, {
    retryable: true,
    details: { reason: 'over-budget' },
  });
}
