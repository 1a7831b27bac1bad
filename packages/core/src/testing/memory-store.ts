import { ToolkitError } from '../errors.js';
import { checkKey } from '../key.js';
import type { Store } from '../store.js';

/** A store in memory, for tests. */
export function memoryStore(): Store {
  const objects = new Map<string, Uint8Array>();
  const find = (key: string): Uint8Array => {
    const found = objects.get(checkKey(key));
    if (found === undefined) throw new ToolkitError('not-found', `There is no ${key} in memory.`);
    return found;
  };
  return {
    location: 'memory',
    async read(key, range) {
      const bytes = find(key);
      if (range === undefined) return bytes.slice();
      if (range.offset + range.length > bytes.length) {
        throw new ToolkitError('corrupt', `${key} is too short for the bytes that were asked for.`);
      }
      return bytes.slice(range.offset, range.offset + range.length);
    },
    async *stream(key) {
      yield find(key).slice();
    },
    async write(key, body, signal) {
      checkKey(key);
      const chunks: Uint8Array[] = [];
      if (typeof body === 'string') chunks.push(Buffer.from(body));
      else if (body instanceof Uint8Array) chunks.push(body);
      else for await (const chunk of body) chunks.push(chunk.slice());
      signal?.throwIfAborted();
      const bytes = new Uint8Array(Buffer.concat(chunks));
      objects.set(key, bytes);
      return { key, bytes: bytes.length };
    },
    async stat(key) {
      const found = objects.get(checkKey(key));
      return found && { key, bytes: found.length };
    },
    async *list(prefix) {
      const keys = [...objects.keys()].filter(
        (key) => prefix === '' || key.startsWith(`${prefix}/`),
      );
      for (const key of keys.sort()) yield { key, bytes: find(key).length };
    },
    async remove(key) {
      objects.delete(checkKey(key));
    },
  };
}
