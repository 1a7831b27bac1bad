/** Divides a list into neighbouring parts of at most `most` items, as equal in length as can be. */
export function windowsOf<Item>(
  items: readonly Item[],
  most: number,
): readonly (readonly Item[])[] {
  const count = Math.ceil(items.length / most);
  return Array.from({ length: count }, (_, at) =>
    items.slice(
      Math.floor((at * items.length) / count),
      Math.floor(((at + 1) * items.length) / count),
    ),
  );
}

/** At most `most` items of a list, evenly spread, at the centres of equal parts. */
export function thinnedTo<Item>(items: readonly Item[], most: number): readonly Item[] {
  return windowsOf(items, Math.ceil(items.length / most)).flatMap((window) =>
    window.slice(Math.floor((window.length - 1) / 2)).slice(0, 1),
  );
}
