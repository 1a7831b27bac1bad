/** As `Promise.all`, but waits for the rest before it throws: nothing runs on after an error, and what was paid for is kept. */
export async function allOf<Item>(promises: readonly Promise<Item>[]): Promise<Item[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
