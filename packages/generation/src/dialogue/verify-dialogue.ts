import { canonicalJson } from '@internvid/core';
import { dialogueFaults, type Dialogue, type DialogueTurn } from './dialogue.js';
import { materialOf } from './material.js';
import { worded } from './question-kind.js';
import { QUESTION_KINDS } from './question-kinds.js';
import { mediaOf, subjectsOf, TRUSTED_LABELS, type SeenVideo, type Subject } from './subject.js';
import { unsupported } from './support.js';

/** What a dialogue is verified with. */
export type VerifyDialogueOptions = {
  /** As given to `measuredDialogues`. */
  readonly labels?: ReadonlySet<string>;
};

/**
 * What is wrong with a dialogue, one line each; nothing for one that is true of its video. Every measured answer is derived anew from the
 * video's facts, detections and spans and compared with the turn: question, answer and evidence. A model's turns are held against the
 * rules of `unsupported` again.
 */
export function verifyDialogue(
  dialogue: Dialogue,
  video: SeenVideo,
  { labels = TRUSTED_LABELS }: VerifyDialogueOptions = {},
): readonly string[] {
  const faults = [...dialogueFaults(dialogue)];
  const shown = canonicalJson(dialogue.media);
  const subject = subjectsOf(video, labels).find((each) => canonicalJson(mediaOf(each)) === shown);
  if (subject === undefined)
    return [...faults, `what it shows is no clip of ${video.video.id}, nor the whole of it`];
  const topics = new Set<string>();
  dialogue.turns.forEach((turn, at) => {
    const fault =
      dialogue.source === 'model'
        ? unsupported(turn, materialOf(subject))
        : faultOfMeasured(turn, subject, topics);
    if (fault !== undefined) faults.push(`turn ${at + 1} (${turn.kind}): ${fault}`);
  });
  return faults;
}

function faultOfMeasured(
  turn: DialogueTurn,
  subject: Subject,
  topics: Set<string>,
): string | undefined {
  const kind = QUESTION_KINDS.find(({ name, of }) => name === turn.kind && of === subject.of);
  const { evidence } = turn;
  if (kind === undefined || evidence === undefined) return 'there is no such kind of question here';
  if (topics.has(kind.topic)) return `another turn gives it away, of ${kind.topic}`;
  topics.add(kind.topic);
  const asked = canonicalJson(evidence.asks);
  const asks = kind.asks(subject).find((each) => canonicalJson(each) === asked);
  const measured = asks && kind.measure(subject, asks);
  if (measured === undefined) return 'the evidence does not support the question';
  if (canonicalJson(measured.value) !== canonicalJson(evidence.value))
    return `the answer is ${canonicalJson(measured.value)}, not ${canonicalJson(evidence.value)}`;
  if (canonicalJson(measured.from) !== canonicalJson(evidence.from))
    return 'its evidence is not what was measured';
  if (!Number.isSafeInteger(evidence.wording) || evidence.wording < 0) return 'it has no wording';
  const { question, answer } = worded(kind, evidence.asks, measured.value, evidence.wording);
  return question === turn.question && answer === turn.answer
    ? undefined
    : 'its words are not those of its evidence';
}
