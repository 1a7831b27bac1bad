import type { JsonValue, Span } from '@internvid/core';
import { shorten } from './candidate-address.js';
import { parsePythonLiteral } from './python-literal.js';
import { RowProblem } from './row-meaning.js';
import { parseTime } from './time-text.js';

/**
 * Makes a span of two times in any known form.
 *
 * @throws RowProblem for a time that cannot be read and for a span that is empty or ends before it begins.
 */
export function spanBetween(start: unknown, end: unknown): Span {
  const startMs = timeOf(start);
  const endMs = timeOf(end);
  if (endMs <= startMs) {
    const how = endMs === startMs ? 'is empty' : 'ends before it begins';
    throw new RowProblem(`the stretch from ${textOf(start)} to ${textOf(end)} ${how}`);
  }
  return { startMs, endMs };
}

/**
 * Reads a cell that holds pairs of times: a list, or a Python or JSON list as text; a single pair counts as a list of one.
 *
 * @throws RowProblem for a cell that holds no such list. The pairs themselves are not looked at.
 */
export function pairsOf(cell: JsonValue | undefined): readonly (readonly [JsonValue, JsonValue])[] {
  const items = listOf(cell);
  const pairs = items.length === 2 && items.every((item) => !Array.isArray(item)) ? [items] : items;
  return pairs.map((pair) => {
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw new RowProblem(`${textOf(pair)} is not a pair of times`);
    }
    return [pair[0] as JsonValue, pair[1] as JsonValue];
  });
}

/**
 * Reads a cell that holds a list, itself or as the text of a Python or JSON list.
 *
 * @throws RowProblem for anything else.
 */
export function listOf(cell: JsonValue | undefined): readonly JsonValue[] {
  const value = typeof cell === 'string' ? literal(cell) : cell;
  if (!Array.isArray(value)) throw new RowProblem(`${textOf(cell)} is not a list`);
  return value as readonly JsonValue[];
}

function literal(text: string): JsonValue {
  try {
    return parsePythonLiteral(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RowProblem(`"${shorten(text)}" is not a list: ${why}`);
  }
}

function timeOf(value: unknown): number {
  const time = parseTime(value);
  if (time === undefined) throw new RowProblem(`${textOf(value)} is not a time`);
  return time;
}

function textOf(value: unknown): string {
  return shorten(value === undefined ? 'nothing' : JSON.stringify(value));
}
