import { canonicalJson, sha256, type JsonObject, type JsonValue } from '@internvid/core';
import { balanceOf, type Balance, type BalanceReport } from './balance.js';
import type { Dialogue, DialogueTurn } from './dialogue.js';
import { worded, type Measured, type QuestionKind } from './question-kind.js';
import { QUESTION_KINDS } from './question-kinds.js';
import { mediaOf, subjectsOf, TRUSTED_LABELS, type SeenVideo, type Subject } from './subject.js';

/** How measured dialogues are made. */
export type MeasuredDialogueOptions = {
  /** Turns of a dialogue at most. Default 4. */
  readonly maxTurns?: number;
  /** The greatest share of all turns that one kind of question may have, above 0 to 1. Default 0.15. */
  readonly maxKindShare?: number;
  /** Another seed gives other questions and wordings. Default 42. */
  readonly seed?: number;
  /** Classes of objects that are asked about. Default: `person` and `car`, for the embedded detector. */
  readonly labels?: ReadonlySet<string>;
  /** Told at the end how the dialogues are made up. */
  readonly onReport?: (report: BalanceReport) => void;
};

type Settings = { readonly seed: number; readonly maxTurns: number };

/** A question that could be asked, with its answer. */
type Candidate = {
  readonly kind: QuestionKind;
  readonly asks: JsonObject;
  readonly measured: Measured;
  /** Decide among equals, first kinds and then questions: they follow from the seed, the film, the kind and the question. */
  readonly kindDraw: string;
  readonly draw: string;
};

/**
 * Makes dialogues whose every answer is measured: of each clip, of each two neighbouring clips and of each video, one at most. A question is
 * only asked where the evidence leaves no doubt, and "no" only where something measured contradicts what is asked, never because something was
 * not found. Yes and no, first and second are given equally often, to one turn of each kind. One video is in memory at a time; the same videos in
 * the same order and the same settings give the same dialogues.
 *
 * @throws RangeError for settings out of range.
 */
export async function* measuredDialogues(
  videos: AsyncIterable<SeenVideo>,
  options: MeasuredDialogueOptions = {},
): AsyncGenerator<Dialogue> {
  const { maxTurns = 4, maxKindShare = 0.15, seed = 42, labels = TRUSTED_LABELS } = options;
  if (!Number.isInteger(maxTurns) || maxTurns < 1)
    throw new RangeError(`options.maxTurns must be a whole number of at least 1, got ${maxTurns}.`);
  if (!(maxKindShare > 0 && maxKindShare <= 1))
    throw new RangeError(
      `options.maxKindShare must be above 0 and at most 1, got ${maxKindShare}.`,
    );
  const balance = balanceOf(maxKindShare);
  for await (const video of videos) {
    for (const subject of subjectsOf(video, labels)) {
      const dialogue = dialogueOn(subject, balance, { seed, maxTurns });
      if (dialogue !== undefined) yield dialogue;
    }
  }
  options.onReport?.(balance.report());
}

function dialogueOn(
  subject: Subject,
  balance: Balance,
  { seed, maxTurns }: Settings,
): Dialogue | undefined {
  const media = mediaOf(subject);
  const name = media.map(({ video, clip }) => clip ?? video).join('+');
  let open = candidatesOn(subject, `${seed}:${name}`);
  const turns: DialogueTurn[] = [];
  while (turns.length < maxTurns) {
    const next = open
      .filter(({ kind, measured }) => balance.admits(kind, keyOf(measured.value)))
      .sort((a, b) => precedence(a, b, balance))[0];
    if (next === undefined) break;
    turns.push(turnOf(next));
    balance.count(next.kind.name, keyOf(next.measured.value));
    open = open.filter(({ kind }) => kind.topic !== next.kind.topic);
  }
  if (turns.length === 0) return undefined;
  balance.countDialogue();
  const hash = sha256(canonicalJson({ media, turns: turns.map(({ question }) => question) }));
  return { id: `measured-${hash.slice(0, 12)}`, source: 'measured', media, turns };
}

function candidatesOn(subject: Subject, seed: string): readonly Candidate[] {
  return QUESTION_KINDS.filter(({ of }) => of === subject.of).flatMap((kind) =>
    kind.asks(subject).flatMap((asks): readonly Candidate[] => {
      const measured = kind.measure(subject, asks);
      if (measured === undefined) return [];
      const kindDraw = sha256(`${seed}:${kind.name}`);
      const draw = sha256(`${kindDraw}:${canonicalJson(asks)}`);
      return [{ kind, asks, measured, kindDraw, draw }];
    }),
  );
}

/** The kind that was asked least comes first, of it the answer that was given least. */
function precedence(a: Candidate, b: Candidate, balance: Balance): number {
  const answered = ({ kind, measured }: Candidate): number =>
    balance.answered(kind, keyOf(measured.value));
  return (
    balance.asked(a.kind) - balance.asked(b.kind) ||
    compare(a.kindDraw, b.kindDraw) ||
    answered(a) - answered(b) ||
    compare(a.draw, b.draw)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function turnOf({ kind, asks, measured, draw }: Candidate): DialogueTurn {
  const wording = Number.parseInt(draw.slice(0, 8), 16);
  return {
    ...worded(kind, asks, measured.value, wording),
    kind: kind.name,
    evidence: { asks, ...measured, wording },
  };
}

/** What an answer is counted as: lines of text, of which there is no end, by their number. */
function keyOf(value: JsonValue): string {
  if (Array.isArray(value)) return `${value.length} lines`;
  return typeof value === 'string' ? value : canonicalJson(value);
}
