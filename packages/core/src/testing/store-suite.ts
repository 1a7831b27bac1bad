import type { Store } from '../store.js';

/** The globals of a test runner such as Jest: this file imports none, so that it can be shipped. */
type Runner = {
  describe(name: string, body: () => void): void;
  it(name: string, body: () => Promise<void>): void;
  expect(value: unknown): {
    toEqual(expected: unknown): void;
    toBeUndefined(): void;
    rejects: {
      toMatchObject(expected: unknown): Promise<void>;
      toThrow(expected?: unknown): Promise<void>;
    };
  };
};

/** What every store must do. `make` gives a new, empty one for each test. */
export function describeStore(name: string, make: () => Promise<Store>): void {
  const { describe, it, expect } = globalThis as unknown as Runner;
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
  const keysOf = async (store: Store, prefix: string): Promise<string[]> => {
    const keys: string[] = [];
    for await (const { key } of store.list(prefix)) keys.push(key);
    return keys;
  };

  describe(`${name} as a store`, () => {
    it('gives back what was written, whole and in part', async () => {
      const store = await make();
      const info = await store.write('a/b.txt', 'hello world');
      expect(info).toEqual({ key: 'a/b.txt', bytes: 11 });
      expect(text(await store.read('a/b.txt'))).toEqual('hello world');
      expect(text(await store.read('a/b.txt', { offset: 6, length: 5 }))).toEqual('world');
      expect(await store.stat('a/b.txt')).toEqual({ key: 'a/b.txt', bytes: 11 });
    });

    it('streams what is written in pieces', async () => {
      const store = await make();
      const pieces = async function* (): AsyncGenerator<Uint8Array> {
        yield Buffer.from('one ');
        yield Buffer.from('two');
      };
      await store.write('pieces', pieces());
      let all = '';
      for await (const chunk of store.stream('pieces')) all += text(chunk);
      expect(all).toEqual('one two');
    });

    it('replaces an object as a whole', async () => {
      const store = await make();
      await store.write('key', 'a long first version');
      await store.write('key', 'second');
      expect(text(await store.read('key'))).toEqual('second');
    });

    it('keeps the old object when a write fails half-way', async () => {
      const store = await make();
      await store.write('key', 'old');
      const broken = async function* (): AsyncGenerator<Uint8Array> {
        yield Buffer.from('new but ');
        throw new Error('the cable was pulled');
      };
      await expect(store.write('key', broken())).rejects.toThrow('the cable was pulled');
      expect(text(await store.read('key'))).toEqual('old');
      expect(await keysOf(store, '')).toEqual(['key']);
    });

    it('writes nothing after an abort', async () => {
      const store = await make();
      const abort = new AbortController();
      const pieces = async function* (): AsyncGenerator<Uint8Array> {
        yield Buffer.from('x');
        abort.abort();
        yield Buffer.from('y');
      };
      await expect(store.write('key', pieces(), abort.signal)).rejects.toThrow();
      expect(await store.stat('key')).toBeUndefined();
    });

    it('lists keys below a prefix in code-unit order, folders or not', async () => {
      const store = await make();
      for (const key of ['b/2', 'b-x', 'b/10', 'a', 'c/d/e', 'b.txt']) await store.write(key, key);
      expect(await keysOf(store, '')).toEqual(['a', 'b-x', 'b.txt', 'b/10', 'b/2', 'c/d/e']);
      expect(await keysOf(store, 'b')).toEqual(['b/10', 'b/2']);
      expect(await keysOf(store, 'nothing')).toEqual([]);
    });

    it('says not-found for what is not there, and removes quietly', async () => {
      const store = await make();
      await expect(store.read('nothing')).rejects.toMatchObject({ code: 'not-found' });
      expect(await store.stat('nothing')).toBeUndefined();
      await store.write('key', 'x');
      await store.remove('key');
      await store.remove('key');
      expect(await store.stat('key')).toBeUndefined();
    });

    it('says corrupt when a range lies outside the object', async () => {
      const store = await make();
      await store.write('key', 'short');
      await expect(store.read('key', { offset: 3, length: 10 })).rejects.toMatchObject({
        code: 'corrupt',
      });
    });

    it('takes names with quotes, spaces and emoji', async () => {
      const store = await make();
      const key = `it's 100% "$HOME" [x]/ünï 🎬.txt`;
      await store.write(key, 'fine');
      expect(text(await store.read(key))).toEqual('fine');
    });

    for (const key of ['../out', 'a/../../out', '/etc/passwd', 'a//b', './a', 'a\\b', '']) {
      it(`refuses the key ${JSON.stringify(key)}`, async () => {
        const store = await make();
        await expect((async () => store.write(key, 'x'))()).rejects.toThrow(TypeError);
      });
    }
  });
}
