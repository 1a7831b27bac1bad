import type { Store } from '../store.js';

/** A store whose `n`-th write (from 0) never happens, as if the process had been killed at that moment. */
export function storeThatDiesAt(n: number, store: Store, die: () => never): Store {
  let writes = 0;
  return {
    ...store,
    async write(key, body, signal) {
      if (writes++ >= n) die();
      return store.write(key, body, signal);
    },
  };
}
