import type { JsonObject } from './json.js';
import type { Asset } from './records.js';
import type { Shard } from './source.js';
import type { Store } from './store.js';

/** Where one shard's items go: under which step and fingerprint, in which store. */
export type SinkTarget = {
  readonly store: Store;
  readonly step: string;
  readonly fingerprint: string;
  readonly shard: Shard;
  readonly signal: AbortSignal;
};

/** Writes the items of a pipeline. */
export interface Sink<In> {
  readonly name: string;
  readonly version: number;
  /** What changes the bytes written for the same items. */
  readonly config: JsonObject;
  /** Streams the items into the store and names what it wrote. The same items give the same bytes. */
  write(items: AsyncIterable<In>, target: SinkTarget): Promise<readonly Asset[]>;
}
