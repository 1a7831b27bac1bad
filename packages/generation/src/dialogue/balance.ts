import type { QuestionKind } from './question-kind.js';

/** How many turns there are of a kind, and with which answers. */
export type KindCount = {
  readonly turns: number;
  /** By the answer's value: `true` and `false` are yes and no. */
  readonly answers: Readonly<Record<string, number>>;
};

/** How dialogues are made up. */
export type BalanceReport = {
  readonly dialogues: number;
  readonly turns: number;
  /** By the name of the kind. */
  readonly kinds: Readonly<Record<string, KindCount>>;
  /** Answers to questions of yes or no. */
  readonly yes: number;
  readonly no: number;
};

/** Counts what was asked so far and says what may be asked next. */
export interface Balance {
  /** The less, the sooner: how often the kind was asked. */
  asked(kind: QuestionKind): number;
  /** The less, the sooner: how often this answer was given to questions of the kind. */
  answered(kind: QuestionKind, value: string): number;
  /** Whether a kind has not more than its share, nor an answer of two more than the other. */
  admits(kind: QuestionKind, value: string): boolean;
  count(kind: string, value: string): void;
  countDialogue(): void;
  report(): BalanceReport;
}

/** Turns that a kind may have before its share counts. */
const FREE_TURNS = 4;
/** An answer of two is at most so many turns ahead of the other. */
const MAX_LEAD = 1;

/** @param maxShare the greatest share of all turns that one kind may have, above 0 to 1. */
export function balanceOf(maxShare: number): Balance {
  const kinds = new Map<string, Map<string, number>>();
  let [turns, dialogues] = [0, 0];
  const answersTo = (kind: string): Map<string, number> =>
    kinds.get(kind) ?? new Map<string, number>();
  const turnsOf = (kind: string): number => sum(answersTo(kind).values());
  return {
    asked: ({ name }) => turnsOf(name),
    answered: ({ name }, value) => answersTo(name).get(value) ?? 0,
    admits({ name, form }, value) {
      const answers = answersTo(name);
      const mine = answers.get(value) ?? 0;
      const others = sum(answers.values()) - mine;
      const isEven = form === 'open' || mine + 1 - others <= MAX_LEAD;
      return isEven && turnsOf(name) < FREE_TURNS + maxShare * turns;
    },
    count(kind, value) {
      const answers = answersTo(kind);
      kinds.set(kind, answers.set(value, (answers.get(value) ?? 0) + 1));
      turns++;
    },
    countDialogue() {
      dialogues++;
    },
    report: () => reportOf(kinds, dialogues, turns),
  };
}

function reportOf(
  kinds: ReadonlyMap<string, ReadonlyMap<string, number>>,
  dialogues: number,
  turns: number,
): BalanceReport {
  const entries = [...kinds].sort(([a], [b]) => (a < b ? -1 : 1));
  const of = (value: string): number => sum(entries.map(([, answers]) => answers.get(value) ?? 0));
  const counts = entries.map(([name, answers]): [string, KindCount] => [
    name,
    {
      turns: sum(answers.values()),
      answers: Object.fromEntries([...answers].sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  ]);
  return {
    dialogues,
    turns,
    kinds: Object.fromEntries(counts),
    yes: of('true'),
    no: of('false'),
  };
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
