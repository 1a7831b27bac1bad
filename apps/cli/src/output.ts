import type { JsonObject } from '@internvid/core';

/** Prints a result: as JSON where that was asked for, else as text. */
export function print(
  flags: { readonly json?: boolean },
  result: JsonObject,
  text: () => string,
): void {
  process.stdout.write(flags.json === true ? `${JSON.stringify(result)}\n` : `${text()}\n`);
}

/** A value as JSON has it: without what is undefined. */
export function plain(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
