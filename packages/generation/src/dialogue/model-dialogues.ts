import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { canonicalJson, mapInOrder, sha256, ToolkitError } from '@internvid/core';
import { askDialogue, type AskedTurns } from './ask-dialogue.js';
import {
  dialogueFaults,
  type Dialogue,
  type DialogueMedium,
  type DialogueTurn,
} from './dialogue.js';
import { DIALOGUE_PROMPTS, dialoguePromptId, type ModelDialogueKind } from './dialogue-prompts.js';
import { fenced, materialOf, type Material } from './material.js';
import { mediaOf, subjectsOf, TRUSTED_LABELS, type SeenVideo, type Subject } from './subject.js';
import { unsupported, type UnsupportedReason } from './support.js';

/** A turn that was not taken. */
export type RejectedTurn = Pick<DialogueTurn, 'question' | 'answer' | 'kind'> & {
  readonly media: readonly DialogueMedium[];
  readonly reason: UnsupportedReason | 'follows-a-rejected-one' | 'bad-form';
};

/** How a model makes dialogues. */
export type ModelDialogueOptions = {
  /** Any chat model of LangChain that gives structured output. */
  readonly model: BaseChatModel;
  /** Default: all. */
  readonly kinds?: readonly ModelDialogueKind[];
  /** Questions to the model at once. Default 4. */
  readonly concurrency?: number;
  /** Classes of objects that are told to the model. Default: those of `measuredDialogues`. */
  readonly labels?: ReadonlySet<string>;
  /** Told of every turn that is not taken, and why. */
  readonly rejected?: (turn: RejectedTurn) => void;
  /** Told of a film that the model could not answer for. Default: throws. */
  readonly fail?: (media: readonly DialogueMedium[], error: ToolkitError) => void;
  readonly signal?: AbortSignal;
};

type Task = { readonly subject: Subject; readonly kind: ModelDialogueKind };
type Answer = Task & ({ readonly turns: AskedTurns } | { readonly error: ToolkitError });

const KINDS: readonly ModelDialogueKind[] = [
  'description',
  'conversation',
  'reasoning',
  'temporal',
];

/**
 * Makes dialogues with a language model: of each clip, and about time of each whole video of several clips. The model is told captions at all scales,
 * facts, on-screen text and transcript; each turn of its answer is held against them, see `unsupported`. A conversation ends before its
 * first turn that is not supported, since what follows may go on from it.
 *
 * @throws ToolkitError `model-failed` without `fail`; the abort reason.
 */
export async function* modelDialogues(
  videos: AsyncIterable<SeenVideo>,
  options: ModelDialogueOptions,
): AsyncGenerator<Dialogue> {
  const { concurrency = 4, signal } = options;
  for await (const answer of mapInOrder(tasksOf(videos, options), { concurrency }, (task) =>
    ask(task, options),
  )) {
    signal?.throwIfAborted();
    const media = mediaOf(answer.subject);
    if ('error' in answer) {
      if (options.fail === undefined) throw answer.error;
      options.fail(media, answer.error);
      continue;
    }
    const dialogue = supported(answer, media, answer.turns, options);
    if (dialogue !== undefined) yield dialogue;
  }
}

async function* tasksOf(
  videos: AsyncIterable<SeenVideo>,
  { kinds = KINDS, labels = TRUSTED_LABELS }: ModelDialogueOptions,
): AsyncGenerator<Task> {
  for await (const video of videos) {
    for (const subject of subjectsOf(video, labels)) {
      const isWhole = subject.of === 'video' && subject.clips.length > 1;
      if (subject.of !== 'clip' && !isWhole) continue;
      for (const kind of kinds) if (!isWhole || kind === 'temporal') yield { subject, kind };
    }
  }
}

async function ask(task: Task, { model, signal }: ModelDialogueOptions): Promise<Answer> {
  try {
    const message = fenced(materialOf(task.subject));
    const turns = await askDialogue(model, DIALOGUE_PROMPTS[task.kind], message, signal);
    return { ...task, turns };
  } catch (error) {
    signal?.throwIfAborted();
    return { ...task, error: ToolkitError.from(error) };
  }
}

function supported(
  { subject, kind }: Task,
  media: readonly DialogueMedium[],
  asked: AskedTurns,
  { rejected }: ModelDialogueOptions,
): Dialogue | undefined {
  const material = materialOf(subject);
  const turns: DialogueTurn[] = [];
  let isBroken = false;
  for (const each of asked) {
    const turn = { question: each.question.trim(), answer: each.answer.trim(), kind };
    const reason = isBroken ? 'follows-a-rejected-one' : reasonAgainst(turn, turns, material);
    if (reason === undefined) turns.push(turn);
    else {
      rejected?.({ ...turn, media, reason });
      isBroken ||= kind === 'conversation';
    }
  }
  if (turns.length === 0) return undefined;
  const hash = sha256(canonicalJson({ media, turns })).slice(0, 12);
  const prompt = dialoguePromptId(DIALOGUE_PROMPTS[kind]);
  return { id: `model-${hash}`, source: 'model', media, turns, prompt };
}

function reasonAgainst(
  turn: DialogueTurn,
  before: readonly DialogueTurn[],
  material: Material,
): RejectedTurn['reason'] | undefined {
  const reason = unsupported(turn, material);
  if (reason !== undefined) return reason;
  const film = { file: 'x', video: 'x', startMs: 0, endMs: 1 };
  const turns = [...before, turn];
  const faults = dialogueFaults({ id: 'x', source: 'model', media: [film], turns });
  return faults.length > 0 ? 'bad-form' : undefined;
}
