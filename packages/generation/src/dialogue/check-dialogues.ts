import { canonicalJson } from '@internvid/core';

import { absentClip, type Finding } from '../exports/finding.js';
import {
  numberedLines,
  repeatedKeys,
  wrongLineCount,
  type CheckedSet,
  type NumberedLine,
} from '../generated-check.js';
import type { KnownDataset } from '../known-dataset.js';
import { dialogueFaults, type Dialogue, type DialogueMedium } from './dialogue.js';
import { DIALOGUE_FORMATS, formatDialogue, type DialogueFormat } from './dialogue-formats.js';
import { parseDialogue } from './dialogues-file.js';

/**
 * Looks into a folder of dialogues: every line sound, every film one of the dataset at its own times, and the lines of the further forms those
 * that the dialogues give. Whether the answers are true: `verifyDialogue`.
 */
export async function* checkDialogues(checked: CheckedSet): AsyncGenerator<Finding> {
  const { manifest, files } = checked;
  const whole = files.find(({ name }) => name === `${manifest.name}-dialogues.jsonl`);
  if (whole === undefined) return;
  const repeated = repeatedKeys(whole.name);
  let count = 0;
  for await (const { line, text } of numberedLines(checked, whole.name)) {
    count++;
    const dialogue = parseDialogue(text);
    const faults = dialogue === undefined ? ['it is no dialogue'] : dialogueFaults(dialogue);
    if (faults.length > 0)
      yield {
        file: whole.name,
        problem: 'bad-line',
        message: `line ${line}: ${faults.join('; ')}.`,
      };
    if (dialogue === undefined) continue;
    yield* repeated(dialogue.id, line);
    for (const medium of dialogue.media)
      yield* foreignMedium(whole.name, line, medium, checked.known);
  }
  yield* wrongLineCount(whole, count);
  for (const file of files) {
    const format = DIALOGUE_FORMATS.find((each) => file.name === `${manifest.name}-${each}.jsonl`);
    if (format === undefined || format === 'dialogues') continue;
    yield* checkForm(checked, whole.name, file.name, format);
  }
}

function* foreignMedium(
  file: string,
  line: number,
  { clip, video, startMs, endMs }: DialogueMedium,
  known: KnownDataset | undefined,
): Generator<Finding> {
  if (known === undefined || clip === undefined) return;
  const found = known.clip(clip);
  if (found === undefined) {
    yield { file, ...absentClip(`line ${line}: ${clip}`, known.isWithdrawn(clip)) };
  } else if (
    found.video !== video ||
    found.span.startMs !== startMs ||
    found.span.endMs !== endMs
  ) {
    const message = `line ${line}: ${clip} is given as ${video} from ${startMs} to ${endMs} ms.`;
    yield { file, problem: 'times-out-of-order', message };
  }
}

/** Compares the lines of another form with what the dialogues give in it. */
async function* checkForm(
  checked: CheckedSet,
  whole: string,
  file: string,
  format: DialogueFormat,
): AsyncGenerator<Finding> {
  const lines = numberedLines(checked, file);
  for await (const { line, text } of numberedLines(checked, whole)) {
    const dialogue = parseDialogue(text);
    const next = await lines.next();
    if (next.done === true) {
      const message = `line ${line}: the dialogue ${dialogue?.id ?? ''} is missing.`;
      yield { file, problem: 'wrong-count', message };
      return;
    }
    if (dialogue !== undefined && !isSame(next.value, dialogue, format))
      yield {
        file,
        problem: 'bad-line',
        message: `line ${next.value.line}: it is not what the dialogue ${dialogue.id} gives.`,
      };
  }
  const more = await lines.next();
  if (more.done !== true)
    yield {
      file,
      problem: 'wrong-count',
      message: `line ${more.value.line}: there are more lines than dialogues.`,
    };
}

function isSame({ text }: NumberedLine, dialogue: Dialogue, format: DialogueFormat): boolean {
  return text === canonicalJson(formatDialogue(dialogue, format));
}
