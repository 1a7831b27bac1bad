import { sha256, type JsonObject } from '@internvid/core';

const CODE_LENGTH = 12;

/**
 * Data between two lines that carry a code of its own hash. The data is one line of JSON whose angle brackets and line
 * separators are escaped, so that no text in it can end the fence or begin a line.
 */
export function fenced(data: JsonObject): string {
  const json = JSON.stringify(data).replace(/[<>\u2028\u2029]/g, escaped);
  const code = sha256(json).slice(0, CODE_LENGTH);
  return `<<<DATA ${code}\n${json}\nDATA ${code}>>>`;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
