import type { JsonObject, JsonValue } from '@internvid/core';

/** A film to look at: a clip, or a whole video where `clip` is absent. */
export type DialogueMedium = {
  /** Name of the file that a loader is to open: `<clip id>.mp4` as in a WebDataset, or the last part of the video's address. */
  readonly file: string;
  readonly video: string;
  readonly clip?: string;
  readonly startMs: number;
  readonly endMs: number;
};

/** What an answer rests on. */
export type TurnEvidence = {
  /** What was asked for, such as a camera move; empty where the kind says it all. */
  readonly asks: JsonObject;
  /** The answer as a value. */
  readonly value: JsonValue;
  /** The facts, detections and spans that it was read from. */
  readonly from: JsonObject;
  /** Which of the wordings of its kind was taken. */
  readonly wording: number;
};

/** A question and its answer. */
export type DialogueTurn = {
  readonly question: string;
  readonly answer: string;
  /** Kind of question, such as `camera`; of a model's turn the kind of dialogue, such as `reasoning`. */
  readonly kind: string;
  /** Of measured turns. */
  readonly evidence?: TurnEvidence;
};

/** Questions and answers about one or several films. */
export type Dialogue = {
  /** `<source>-<hash>`, of its films and turns. */
  readonly id: string;
  /** What made the answers: measurement alone, or a language model checked against what is known. */
  readonly source: 'measured' | 'model';
  /** In the order in which the films are shown. */
  readonly media: readonly DialogueMedium[];
  readonly turns: readonly DialogueTurn[];
  /** Of a model's dialogue: the prompt, `<name>@<version>`. */
  readonly prompt?: string;
};

const MAX_CHARACTERS = 4_000;
/** Words that loaders put a film or a speaker in the place of: in a text they would break the line that they stand in. */
const TOKENS = /<\/?(?:video|image|audio|im_start|im_end|s)>|<\|[^|]*\|>/i;

/** What is wrong with the form of a dialogue, one line each; nothing for a sound one. Whether it is true: `verifyDialogue`. */
export function dialogueFaults({ media, turns }: Dialogue): readonly string[] {
  const faults: string[] = [];
  if (media.length === 0) faults.push('it shows nothing');
  if (turns.length === 0) faults.push('it has no turn');
  for (const { file, startMs, endMs } of media)
    if (!(startMs >= 0 && endMs > startMs)) faults.push(`${file} ends before it begins`);
  const asked = new Set<string>();
  turns.forEach(({ question, answer, evidence, kind }, at) => {
    const where = `turn ${at + 1} (${kind})`;
    for (const [name, text] of Object.entries({ question, answer })) {
      if (text.trim() === '') faults.push(`${where} has an empty ${name}`);
      if (text.length > MAX_CHARACTERS) faults.push(`${where}: its ${name} is too long`);
      if (TOKENS.test(text)) faults.push(`${where}: its ${name} holds a token of a loader`);
    }
    const key = question.toLowerCase().trim();
    if (asked.has(key)) faults.push(`${where} was asked before`);
    asked.add(key);
    if (evidence === undefined && saysTheAnswer(question, answer))
      faults.push(`${where}: its question says the answer`);
  });
  return faults;
}

/** Whether a question holds the whole of an answer of two words or more. */
export function saysTheAnswer(question: string, answer: string): boolean {
  const [asked, said] = [question, answer].map((text) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
      .trim(),
  );
  return (said ?? '').includes(' ') && ` ${asked ?? ''} `.includes(` ${said ?? ''} `);
}
