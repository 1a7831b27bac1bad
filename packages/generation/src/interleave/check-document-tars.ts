import { checkTar, isWholeJpeg, splitName } from '../exports/check-tar.js';
import { checkIndex } from '../exports/check-webdataset.js';
import { wrongCount, type Finding } from '../exports/finding.js';
import { MANIFEST } from '../exports/manifest.js';
import { mp4Fault } from '../exports/mp4-fault.js';
import type { TarEntry } from '../exports/tar.js';
import type { CheckedSet } from '../generated-check.js';
import { faultsOf } from './document.js';
import { foreignPlaces } from './foreign-places.js';
import { readDocumentPart, type FoundDocument } from './packed-document.js';

/**
 * Looks into interleaved documents as WebDataset: whole tars, one document a sample, each once, its clips and texts those of the dataset, its
 * pictures and clip files whole.
 */
export async function* checkDocumentTars(checked: CheckedSet): AsyncGenerator<Finding> {
  const seen = new Map<string, string>();
  const shards = checked.files.filter(({ samples }) => samples !== undefined);
  let clips = 0;
  for (const shard of shards) {
    const file = shard.name;
    let count = 0;
    yield* checkTar(checked, file, function* (entry) {
      const [key, part] = splitName(entry.name);
      if (part !== 'json') {
        const message = `${entry.name} is no part of a document, which has ${key}.json alone.`;
        yield { file, problem: 'different-parts', message };
        return;
      }
      count++;
      const earlier = seen.get(key);
      if (earlier !== undefined)
        yield { file, problem: 'duplicate-key', message: `${key} is in ${earlier} as well.` };
      seen.set(key, file);
      const document = readDocumentPart(Buffer.from(entry.bytes).toString('utf8'));
      if (typeof document === 'string') {
        yield { file, problem: 'bad-row', message: `${entry.name}: ${document}.` };
        return;
      }
      clips += document.document.items.filter(({ kind }) => kind === 'clip').length;
      yield* checkDocument(checked, file, entry, document);
    });
    yield* wrongCount(shard, count);
  }
  yield* checkIndex(checked, shards);
  for (const [name, found] of Object.entries({ documents: seen.size, clips })) {
    const listed = checked.manifest[name];
    if (found === listed) continue;
    const message = `The tars hold ${found} ${name}, the list says ${JSON.stringify(listed)}.`;
    yield { file: MANIFEST, problem: 'wrong-count', message };
  }
}

function* checkDocument(
  { known }: CheckedSet,
  file: string,
  { name }: TarEntry,
  { document, media, faults }: FoundDocument,
): Generator<Finding> {
  const wrong = faultsOf(document);
  if (wrong.length > 0)
    yield { file, problem: 'bad-row', message: `${name}: ${wrong.join('; ')}.` };
  if (`${document.id}.json` !== name)
    yield { file, problem: 'wrong-key', message: `${name} is the document ${document.id}.` };
  for (const finding of foreignPlaces(document.items, known))
    yield { file, ...finding, message: `${name}: ${finding.message}` };
  for (const fault of faults)
    yield {
      file,
      problem: fault.name.endsWith('.jpg') ? 'bad-picture' : 'unreadable-clip',
      message: `${fault.name} in ${name}: ${fault.message}.`,
    };
  for (const { clip, timeMs, bytes } of media) {
    const fault = timeMs === undefined ? mp4Fault(bytes) : pictureFault(bytes);
    const problem = timeMs === undefined ? 'unreadable-clip' : 'bad-picture';
    if (fault !== undefined)
      yield { file, problem, message: `What ${name} shows of ${clip}: ${fault}.` };
  }
  const shown = new Set(media.map(({ clip }) => clip));
  for (const item of document.items)
    if (item.kind === 'clip' && !shown.has(item.clip))
      yield {
        file,
        problem: 'missing-clip',
        message: `${name} has nothing of ${item.clip} to show.`,
      };
}

function pictureFault(bytes: Uint8Array): string | undefined {
  return isWholeJpeg(bytes) ? undefined : 'it is no whole JPEG';
}
