import type { JsonObject, JsonValue } from './json.js';
import type { StageContext } from './stage.js';
import type { Store } from './store.js';

/** The unit of work, commit, resume and distribution. */
export type Shard = {
  /** Readable, `[a-z0-9._-]`, the same for the same origin on every run: a growing folder disturbs none. */
  readonly id: string;
  /**
   * All that reading the shard depends on, content hashes included. A committed shard is done only as long as its
   * input is still the same.
   */
  readonly input: JsonValue;
  /** How many items it holds, where that is known without reading it: for progress only. */
  readonly items?: number;
};

/** What a source may use while it lists its shards: a source over earlier steps finds them in the store. */
export type SourceContext = { readonly store: Store; readonly signal: AbortSignal };

/** Where the items of a pipeline come from. */
export interface Source<Out> {
  readonly name: string;
  readonly version: number;
  /** What changes the items for the same shard input. */
  readonly config: JsonObject;
  /** Every shard, once. The work that is to start first comes first. */
  shards(context: SourceContext): AsyncIterable<Shard>;
  read(shard: Shard, context: StageContext): AsyncIterable<Out>;
}
