import { ToolkitError } from './errors.js';
import type { JsonObject, JsonValue } from './json.js';

/** How a value is compared. */
export type Comparison = '>=' | '<=' | '>' | '<' | '=' | '!=';

/** One thing that must be true of a clip: `camera = static`, `viclip-similarity >= 0.3`. */
export type Condition = {
  /** Name of a fact, of a score, or of anything else that is known of a clip; see `fieldOf`. */
  readonly field: string;
  readonly is: Comparison;
  readonly value: number | string | boolean;
};

/** What became of a clip at a condition; `missing`: it has no such value, or one of another type. */
export type Verdict = 'passes' | 'fails' | 'missing';

const FORM = /^\s*([A-Za-z][\w.-]*)\s*(>=|<=|!=|=|>|<)\s*(\S.*?)\s*$/;

/**
 * Reads `field >= 3`, `field = word`, `field != "two words"`, `field = true`.
 *
 * @throws ToolkitError `invalid-record` for anything else.
 */
export function parseCondition(text: string): Condition {
  const [, field, is, value] = FORM.exec(text) ?? [];
  if (field === undefined || is === undefined || value === undefined) {
    const forms = '`name >= 0.3`, `name < 10`, `name = word` or `name != "some words"`';
    throw new ToolkitError('invalid-record', `"${text}" is no condition. Write it as ${forms}.`);
  }
  const condition = { field, is: is as Comparison, value: literal(value) };
  if (isOrder(condition.is) && typeof condition.value !== 'number') {
    const message = `"${text}" compares by size, so its right side must be a number.`;
    throw new ToolkitError('invalid-record', message);
  }
  return condition;
}

/** The condition as `parseCondition` reads it. */
export function formatCondition({ field, is, value }: Condition): string {
  return `${field} ${is} ${typeof value === 'string' ? JSON.stringify(value) : String(value)}`;
}

/** The value of a field: that of this name, else the one that the parts of a dotted name lead to. */
export function fieldOf(values: JsonObject, field: string): JsonValue | undefined {
  if (Object.hasOwn(values, field)) return values[field];
  let found: JsonValue | undefined = values;
  for (const part of field.split('.')) {
    if (typeof found !== 'object' || found === null || Array.isArray(found)) return undefined;
    found = Object.hasOwn(found, part) ? (found as JsonObject)[part] : undefined;
  }
  return found;
}

/** Judges a clip's value. A missing one is never taken for a low one, nor for one that differs. */
export function judge({ is, value }: Condition, found: JsonValue | undefined): Verdict {
  if (typeof found !== typeof value) return 'missing';
  return compare(is, found as typeof value, value) ? 'passes' : 'fails';
}

function compare(
  is: Comparison,
  found: number | string | boolean,
  value: number | string | boolean,
): boolean {
  if (is === '=') return found === value;
  if (is === '!=') return found !== value;
  if (is === '>=') return found >= value;
  if (is === '<=') return found <= value;
  return is === '>' ? found > value : found < value;
}

function isOrder(is: Comparison): boolean {
  return is !== '=' && is !== '!=';
}

function literal(text: string): number | string | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  const quoted = /^"(.*)"$/.exec(text)?.[1];
  if (quoted !== undefined) return quoted;
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}
