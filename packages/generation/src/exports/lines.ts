import { ToolkitError, type Store } from '@internvid/core';

/** The lines of a text that comes in chunks, as UTF-8, without their ends. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: false });
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}

/** Text in a chunk at least, in UTF-16 units: a chunk of its own for each line would cost more than the line. */
const CHUNK = 1 << 16;

/** Lines, which come with their ends, as UTF-8 in chunks of some 64 kB. */
export async function* inChunks(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  let text = '';
  for await (const line of lines) {
    text += line;
    if (text.length < CHUNK) continue;
    yield Buffer.from(text);
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}

/**
 * Reads a file of one checked value a line, one line in memory at a time; blank lines are passed over.
 *
 * @param faults says what is wrong with a value; nothing for a sound one.
 * @param what it is called where a line is none: `dialogue`.
 * @throws ToolkitError `invalid-record` that names the line and what is wrong with it.
 */
export async function* checkedLines<Value>(
  store: Store,
  key: string,
  parse: (text: string) => Value | undefined,
  faults: (value: Value) => readonly string[],
  what: string,
  signal?: AbortSignal,
): AsyncGenerator<Value> {
  let line = 0;
  for await (const text of linesOf(store.stream(key, signal))) {
    line++;
    if (text.trim() === '') continue;
    const value = parse(text);
    const found = value === undefined ? [`it is no ${what}`] : faults(value);
    if (value === undefined || found.length > 0)
      throw new ToolkitError('invalid-record', `${key}, line ${line}: ${found.join('; ')}.`);
    yield value;
  }
}
