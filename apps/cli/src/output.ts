import type { JsonObject } from '@internvid/core';

/** Prints a result: as JSON where that was asked for, else as text. */
export function print(
  flags: { readonly json?: boolean },
  result: JsonObject,
  text: () => string,
): void {
  process.stdout.write(flags.json === true ? `${JSON.stringify(result)}\n` : `${text()}\n`);
}
