import { createReadStream } from 'node:fs';
import { extract, type Header } from 'tar-stream';

/** A member of a tar; what is not read of its body is passed over. */
export type TarMember = {
  /** `<key>.<ending>`, the key up to the first dot of the last part of the path. */
  readonly key: string;
  readonly ending: string;
  readonly bytes: number;
  readonly body: AsyncIterable<Uint8Array>;
};

/** A member that is not taken, and why. */
export type RefusedMember = { readonly name: string; readonly refused: string };

const MAX_NAME = 1_000;

/**
 * Reads the members of a tar in order, folders left out. Names that lead out of a folder, and members that are not plain files, are
 * refused: what a name says is never a place to write to, and one that tries is not to be trusted in anything else.
 *
 * @throws Error of tar-stream or the file system for what is no tar or ends within a member.
 */
export async function* tarMembers(
  path: string,
  signal: AbortSignal,
): AsyncGenerator<TarMember | RefusedMember> {
  const archive = extract();
  const file = createReadStream(path, { signal });
  file.on('error', (error) => archive.destroy(error));
  file.pipe(archive);
  try {
    for await (const entry of archive) {
      const { name, type, size } = entry.header;
      const refused = type === 'directory' ? undefined : reasonToRefuse(entry.header);
      if (refused !== undefined) yield { name: name.slice(0, 200), refused };
      else if (type !== 'directory')
        yield { ...partsOf(name), bytes: size, body: entry as AsyncIterable<Uint8Array> };
      // Does nothing to a body that was read.
      entry.resume();
    }
  } finally {
    file.destroy();
    archive.destroy();
  }
}

function reasonToRefuse({ name, type }: Header): string | undefined {
  if (type !== 'file') return `it is a ${type}, not a file`;
  if (name.length > MAX_NAME) return `its name is longer than ${MAX_NAME} characters`;
  if (/[\0\\]/.test(name)) return 'its name holds a backslash or a zero';
  if (name.startsWith('/') || /^[a-z]:/i.test(name)) return 'its name is an absolute path';
  if (name.split('/').includes('..')) return 'its name leads out of the folder';
  return partsOf(name).ending === '' ? 'its name has no ending' : undefined;
}

function partsOf(name: string): { readonly key: string; readonly ending: string } {
  const plain = name.replace(/^(?:\.\/)+/, '');
  const lastPart = plain.lastIndexOf('/') + 1;
  const dot = plain.indexOf('.', lastPart);
  if (dot <= lastPart) return { key: plain, ending: '' };
  return { key: plain.slice(0, dot), ending: plain.slice(dot + 1).toLowerCase() };
}
