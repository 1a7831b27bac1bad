/** Words as they are compared: lower case, no marks, hyphens split, "Mr." is "mister". */
export function plainWords(text: string): readonly string[] {
  return text
    .toLowerCase()
    .replace(/\bmr\./g, 'mister')
    .replaceAll('-', ' ')
    .replace(/[^\p{L}\p{N}\s]/gu, '')
    .split(/\s+/)
    .filter((word) => word !== '');
}

/** Substitutions, insertions and deletions that turn one list of words into the other, as few as possible. */
export function wordErrors(reference: readonly string[], heard: readonly string[]): number {
  let row = Array.from({ length: heard.length + 1 }, (_, at) => at);
  for (const [at, word] of reference.entries()) {
    const next = [at + 1];
    for (const [to, other] of heard.entries()) {
      const substituted = (row[to] ?? 0) + Number(word !== other);
      next.push(Math.min((row[to + 1] ?? 0) + 1, (next[to] ?? 0) + 1, substituted));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
