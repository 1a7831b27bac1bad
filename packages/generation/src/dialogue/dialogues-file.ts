import {
  canonicalJson,
  ToolkitError,
  type JsonObject,
  type JsonValue,
  type Store,
} from '@internvid/core';
import { exportFolder } from '../exports/export-folder.js';
import { checkedLines } from '../exports/lines.js';
import { MANIFEST, type ExportedFile } from '../exports/manifest.js';
import { claimFolder } from '../generated.js';
import { dialogueFaults, type Dialogue } from './dialogue.js';
import { formatDialogue, type DialogueFormat } from './dialogue-formats.js';

/** Where dialogues go, and as what. */
export type WriteDialoguesOptions = {
  readonly store: Store;
  /** Folder in the store: `generated/<name>`. */
  readonly prefix: string;
  /** First part of the file names. */
  readonly name: string;
  /** Further forms, each in a file `<name>-<format>.jsonl`; the form `dialogues` is always written. */
  readonly formats?: readonly DialogueFormat[];
  /** What the manifest is to say of how they are made up; asked after the last dialogue. */
  readonly report?: () => JsonObject | undefined;
  readonly signal?: AbortSignal;
};

/** What was written. */
export type WrittenDialogues = {
  readonly dialogues: number;
  readonly turns: number;
  readonly files: readonly ExportedFile[];
};

/**
 * Writes `<name>-dialogues.jsonl` and the further forms, a dialogue a line, then `manifest.json` with checksums and counts. Equal dialogues
 * give equal bytes. The further forms are made from the first, so that nothing is asked twice and one dialogue is in memory at a time.
 *
 * @throws ToolkitError `invalid-record` for a dialogue that `dialogueFaults` finds wrong.
 */
export async function writeDialogues(
  dialogues: AsyncIterable<Dialogue>,
  options: WriteDialoguesOptions,
): Promise<WrittenDialogues> {
  const { store, prefix, name, formats = [], signal } = options;
  const counts = { dialogues: 0, turns: 0 };
  await claimFolder(store, prefix, 'dialogue', signal);
  const folder = exportFolder(store, prefix, signal);
  const whole = `${name}-dialogues.jsonl`;
  const lines = linesIn('dialogues', counted(dialogues, counts));
  await folder.write(whole, lines, () => counts.dialogues);
  for (const format of formats.filter((each) => each !== 'dialogues')) {
    const again = readDialogues(store, folder.key(whole), signal);
    await folder.write(`${name}-${format}.jsonl`, linesIn(format, again), () => counts.dialogues);
  }
  const report = options.report?.();
  const manifest = {
    schema: 1,
    kind: 'dialogue',
    name,
    ...counts,
    ...(report === undefined ? {} : { report }),
    files: folder.files,
  };
  await store.write(`${prefix}/${MANIFEST}`, `${JSON.stringify(manifest, undefined, 2)}\n`, signal);
  return { ...counts, files: folder.files };
}

async function* counted(
  dialogues: AsyncIterable<Dialogue>,
  counts: { dialogues: number; turns: number },
): AsyncGenerator<Dialogue> {
  for await (const dialogue of dialogues) {
    const faults = dialogueFaults(dialogue);
    if (faults.length > 0)
      throw new ToolkitError(
        'invalid-record',
        `The dialogue ${dialogue.id}: ${faults.join('; ')}.`,
      );
    counts.dialogues++;
    counts.turns += dialogue.turns.length;
    yield dialogue;
  }
}

async function* linesIn(
  format: DialogueFormat,
  dialogues: AsyncIterable<Dialogue>,
): AsyncGenerator<Uint8Array> {
  for await (const dialogue of dialogues)
    yield Buffer.from(`${canonicalJson(formatDialogue(dialogue, format))}\n`);
}

/**
 * Reads dialogues back that were written in the form `dialogues`, one line in memory at a time.
 *
 * @throws ToolkitError `invalid-record` that names the line and what is wrong with it.
 */
export function readDialogues(
  store: Store,
  key: string,
  signal?: AbortSignal,
): AsyncGenerator<Dialogue> {
  return checkedLines(store, key, parseDialogue, dialogueFaults, 'dialogue', signal);
}

/** The dialogue that a line of the form `dialogues` holds; undefined where it is none. */
export function parseDialogue(text: string): Dialogue | undefined {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
  if (!isObject(value) || typeof value.id !== 'string') return undefined;
  if (value.source !== 'measured' && value.source !== 'model') return undefined;
  const { media, turns } = value;
  if (!Array.isArray(media) || !media.every(isMedium)) return undefined;
  if (!Array.isArray(turns) || !turns.every(isTurn)) return undefined;
  return value as unknown as Dialogue;
}

function isMedium(value: JsonValue): boolean {
  if (!isObject(value)) return false;
  const names = typeof value.file === 'string' && typeof value.video === 'string';
  const times = typeof value.startMs === 'number' && typeof value.endMs === 'number';
  return names && times && (value.clip === undefined || typeof value.clip === 'string');
}

function isTurn(value: JsonValue): boolean {
  if (!isObject(value)) return false;
  const { question, answer, kind, evidence } = value;
  const texts = [question, answer, kind].every((text) => typeof text === 'string');
  return texts && (evidence === undefined || isEvidence(evidence));
}

function isEvidence(value: JsonValue): boolean {
  if (!isObject(value)) return false;
  const { asks, from, wording } = value;
  return isObject(asks) && isObject(from) && typeof wording === 'number' && 'value' in value;
}

function isObject(value: JsonValue | undefined): value is { readonly [name: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
