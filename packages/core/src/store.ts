/** A part of an object: `length` bytes from `offset`. */
export type ByteRange = { readonly offset: number; readonly length: number };

/** What a store knows of an object. */
export type ObjectInfo = { readonly key: string; readonly bytes: number };

/** What can be written: bytes at once or as they come. */
export type Body = Uint8Array | string | AsyncIterable<Uint8Array>;

/**
 * Named bytes. Keys are relative paths with `/`, made of parts that are neither empty nor `.` nor `..`.
 * Every method throws `ToolkitError` `not-found` or `store-failed`, and `TypeError` for a bad key.
 */
export interface Store {
  /** Where the objects are, for messages. */
  readonly location: string;
  /** The whole object, or a range of it, which must lie inside. */
  read(key: string, range?: ByteRange, signal?: AbortSignal): Promise<Uint8Array>;
  /** The object as it comes from the disk or the wire, for objects larger than memory. */
  stream(key: string, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** Whole or not at all: readers see the old object or the new one, never a part. Replaces what was there. */
  write(key: string, body: Body, signal?: AbortSignal): Promise<ObjectInfo>;
  /** `undefined` where there is no such object. */
  stat(key: string, signal?: AbortSignal): Promise<ObjectInfo | undefined>;
  /** Keys that begin with `prefix` (a whole part or empty), in code-unit order. */
  list(prefix: string, signal?: AbortSignal): AsyncIterable<ObjectInfo>;
  /** Does nothing where there is no such object. */
  remove(key: string, signal?: AbortSignal): Promise<void>;
}
