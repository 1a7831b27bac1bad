import { createHash } from 'node:crypto';

import { pack as tarPack } from 'tar-stream';

import { framesTable } from '../dataset-tables.js';
import { ToolkitError } from '../errors.js';
import { sha256 } from '../ids.js';
import { assetKey, tableKey } from '../layout.js';
import type { Asset, SampledFrame } from '../records.js';
import type { Sink, SinkTarget } from '../sink.js';
import type { Store } from '../store.js';
import { writeTable } from '../tables.js';
import type { FrameToPack } from './sample-frames.js';

const TAR_BLOCK = 512;

/**
 * Writes the sampled frames of a shard: their pictures into one uncompressed tar, which any tool opens, and a row of the table
 * `frames` for each, which says where in the tar the picture lies.
 */
export function framePackSink(): Sink<FrameToPack> {
  return {
    name: 'frame-pack',
    version: 1,
    config: { container: 'tar', table: `${framesTable.name}@${framesTable.version}` },
    write: packFrames,
  };
}

/** Reads the encoded picture of a sampled frame. */
export function readPicture(
  store: Store,
  frame: SampledFrame,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const { key, offset = 0, bytes } = frame.picture;
  return store.read(key, { offset, length: bytes }, signal);
}

async function packFrames(
  items: AsyncIterable<FrameToPack>,
  { store, fingerprint, shard, signal }: SinkTarget,
): Promise<readonly Asset[]> {
  const key = assetKey('frames', fingerprint, shard.id, 'tar');
  const table = writeTable(
    store,
    tableKey(framesTable.name, fingerprint, shard.id),
    framesTable,
    signal,
  );
  const tar = tarPack();
  const hash = createHash('sha256');
  const body = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of tar as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
      yield chunk;
    }
  };
  const written = store.write(key, body(), signal);
  written.catch(() => undefined);
  try {
    let position = 0;
    for await (const { jpeg, ...frame } of items) {
      await addEntry(tar, `${frame.id}.jpg`, jpeg);
      const place = { key, offset: position + TAR_BLOCK, bytes: jpeg.byteLength };
      table.add({ ...frame, picture: { ...place, sha256: sha256(jpeg), mediaType: 'image/jpeg' } });
      position += TAR_BLOCK + Math.ceil(jpeg.byteLength / TAR_BLOCK) * TAR_BLOCK;
    }
    tar.finalize();
    const { bytes } = await written;
    const asset: Asset = { key, bytes, sha256: hash.digest('hex'), mediaType: 'application/x-tar' };
    return [asset, await table.finish()];
  } catch (error) {
    tar.destroy(error as Error);
    await table.abandon(error);
    // A store that refused ends the tar first: its own error says why.
    throw await written.then(
      () => error,
      (reason: unknown) => (ToolkitError.is(reason) ? reason : error),
    );
  }
}

/** Fixed owner, mode and time, so that equal pictures give equal bytes. */
function addEntry(tar: ReturnType<typeof tarPack>, name: string, data: Uint8Array): Promise<void> {
  const header = { name, size: data.byteLength, mode: 0o644, uid: 0, gid: 0, mtime: new Date(0) };
  return new Promise((resolve, reject) => {
    tar.entry(header, Buffer.from(data.buffer, data.byteOffset, data.byteLength), (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
