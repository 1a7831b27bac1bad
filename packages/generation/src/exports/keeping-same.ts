import type { Body, Store } from '@internvid/core';

/**
 * A store that does not write an object that has these very bytes already, so that an export that was stopped, or of which a part changed, writes
 * only what is missing. The bytes themselves are compared, on their way: no list of what was finished can be wrong about a damaged
 * file. What is not the same is written whole, with the start that it has in common read from the old object.
 */
export function keepingSame(store: Store): Store {
  return {
    location: store.location,
    read: (key, range, signal) => store.read(key, range, signal),
    stream: (key, signal) => store.stream(key, signal),
    stat: (key, signal) => store.stat(key, signal),
    list: (prefix, signal) => store.list(prefix, signal),
    remove: (key, signal) => store.remove(key, signal),
    async write(key, body, signal) {
      const old = await store.stat(key, signal);
      if (old === undefined) return store.write(key, body, signal);
      const chunks = chunksOf(body);
      try {
        const { common, rest } = await commonStart(chunks, store.stream(key, signal));
        if (rest === undefined && common === old.bytes) return old;
        const start = firstBytes(store.stream(key, signal), common);
        return await store.write(key, joined(start, rest, chunks), signal);
      } finally {
        await chunks.return();
      }
    },
  };
}

type Chunks = AsyncGenerator<Uint8Array, void, undefined>;

async function* chunksOf(body: Body): Chunks {
  if (typeof body === 'string') yield Buffer.from(body, 'utf8');
  else if (body instanceof Uint8Array) yield body;
  else yield* body;
}

/** Bytes that both begin with, and what is left of the chunk that differs; no `rest` where the chunks came to their end. */
type CommonStart = { readonly common: number; readonly rest?: Uint8Array };

async function commonStart(
  chunks: Chunks,
  stored: AsyncIterable<Uint8Array>,
): Promise<CommonStart> {
  let common = 0;
  let rest = await chunks.next();
  for await (let old of stored) {
    while (old.byteLength > 0) {
      if (rest.done === true) return { common };
      const length = Math.min(old.byteLength, rest.value.byteLength);
      if (Buffer.compare(old.subarray(0, length), rest.value.subarray(0, length)) !== 0)
        return { common, rest: rest.value };
      common += length;
      old = old.subarray(length);
      const left = rest.value.subarray(length);
      rest = left.byteLength > 0 ? { value: left } : await chunks.next();
    }
  }
  return rest.done === true ? { common } : { common, rest: rest.value };
}

async function* firstBytes(stored: AsyncIterable<Uint8Array>, bytes: number): Chunks {
  let wanted = bytes;
  if (wanted === 0) return;
  for await (const chunk of stored) {
    yield chunk.subarray(0, wanted);
    wanted -= chunk.byteLength;
    if (wanted <= 0) return;
  }
}

async function* joined(start: Chunks, rest: Uint8Array | undefined, chunks: Chunks): Chunks {
  yield* start;
  if (rest !== undefined) yield rest;
  yield* chunks;
}
