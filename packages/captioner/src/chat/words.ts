/** The words of a text in lower case, for comparison: letters and digits, Chinese and Japanese one character each. */
export function wordsOf(text: string): readonly string[] {
  const found = text
    .normalize('NFKC')
    .toLowerCase()
    .match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]|[\p{L}\p{M}\p{N}]+(?:['’][\p{L}]+)*/gu);
  return found?.map((word) => word.replaceAll('’', "'")) ?? [];
}

/** Whether `length` words in a row of one text stand in the other too. */
export function sharesRun(
  words: readonly string[],
  others: readonly string[],
  length: number,
): boolean {
  const runs = new Set(runsOf(others, length));
  return runsOf(words, length).some((run) => runs.has(run));
}

/** Every run of `length` words. */
export function runsOf(words: readonly string[], length: number): readonly string[] {
  const count = Math.max(0, words.length - length + 1);
  return Array.from({ length: count }, (_, at) => words.slice(at, at + length).join(' '));
}
