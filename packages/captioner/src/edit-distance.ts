/** How many letters must be put in, taken out or replaced to make one text of the other (Levenshtein, 1966). */
export function editDistance(one: string, other: string): number {
  const [a, b] = [[...one], [...other]];
  let row = b.map((_, at) => at + 1);
  a.forEach((letter, line) => {
    let left = line + 1;
    let corner = line;
    row = b.map((against, at) => {
      const above = row[at] ?? 0;
      const here = Math.min(left + 1, above + 1, corner + (letter === against ? 0 : 1));
      corner = above;
      left = here;
      return here;
    });
  });
  return row.at(-1) ?? a.length;
}
