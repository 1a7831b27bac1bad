import { sha256, ToolkitError, type JsonObject, type Store } from '@internvid/core';
import { memoryStore } from '@internvid/core/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { pack } from 'tar-stream';

import {
  interleaveSamples,
  knownDataset,
  readDocumentTars,
  readGeneratedManifest,
  validateGenerated,
  withMedia,
  writeDocumentTars,
  type DocumentMediaKind,
  type DocumentMediaOptions,
  type PackedDocument,
  type Sample,
} from '../../src/index.js';
import { tarEntries, type TarEntry } from '../../src/exports/tar.js';
import { drawnSamples, streamed } from '../drawn-samples.js';
import { drawnClips } from '../text-to-video/drawn-clips.js';

const PREFIX = 'generated/set';
const FIRST = `${PREFIX}/set-000000.tar`;
let store: Store;
let samples: readonly Sample[];

beforeEach(async () => {
  store = memoryStore();
  samples = await drawnSamples(store, 6);
});

async function clipFile({ clip }: Sample): Promise<Uint8Array> {
  const crop = { left: 0, top: 0, width: 64, height: 48 };
  const shape = { crop, width: 64, height: 48, frames: 5, fps: 5 };
  return drawnClips().make({ clip, span: clip.span, ...shape }, undefined);
}

function packed(
  kind: DocumentMediaKind,
  more: Partial<DocumentMediaOptions> & { dropClips?: number } = {},
): AsyncGenerator<PackedDocument> {
  const { dropClips = 0, ...options } = more;
  const made = interleaveSamples(streamed(samples), { form: 'captions', dropClips });
  return withMedia(made, { kind, store, clipFile, ...options });
}

async function write(kind: DocumentMediaKind, limits: { maxDocuments?: number } = {}) {
  return writeDocumentTars(packed(kind), { store, prefix: PREFIX, name: 'set', ...limits });
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

async function problems(of: readonly Sample[] = samples): Promise<readonly string[]> {
  const known = await knownDataset(streamed(of));
  const found: string[] = [];
  for await (const { file, problem, message } of validateGenerated(store, PREFIX, { known }))
    if (!['wrong-size', 'wrong-checksum'].includes(problem))
      found.push(`${file}: ${problem}: ${message}`);
  return found;
}

async function entries(): Promise<TarEntry[]> {
  return all(tarEntries(store, FIRST, undefined));
}

/** The tar again with other entries. */
async function rewrite(changed: readonly TarEntry[]): Promise<void> {
  const archive = pack();
  for (const { name, bytes } of changed) archive.entry({ name }, Buffer.from(bytes));
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  await store.write(FIRST, Buffer.concat(chunks));
}

type Image = JsonObject & { readonly image_base64: string };
type Part = JsonObject & {
  readonly image_info: readonly Image[];
  readonly video_info: readonly JsonObject[];
};

function partOf({ bytes }: TarEntry): Part {
  return JSON.parse(Buffer.from(bytes).toString()) as Part;
}

async function spoil(how: (part: Part) => JsonObject): Promise<void> {
  const [first, ...rest] = (await entries()) as [TarEntry, ...TarEntry[]];
  const bytes = Buffer.from(JSON.stringify(how(partOf(first))));
  await rewrite([{ name: first.name, bytes }, ...rest]);
}

describe('interleaved documents as WebDataset', () => {
  it.each(['frame', 'frames', 'clips'] as const)(
    'come back from tars with their %s as they were, and give the same bytes again',
    async (kind) => {
      const written = await write(kind);
      expect(written).toMatchObject({ documents: 2, clips: 6 });
      expect(await problems()).toEqual([]);
      const before = await store.read(FIRST);
      const found = await all(readDocumentTars(store, PREFIX));
      expect(found).toEqual(await all(packed(kind)));
      const again = { store, prefix: 'generated/again', name: 'set' };
      await writeDocumentTars(streamedBack(found), again);
      expect(await store.read('generated/again/set-000000.tar')).toEqual(before);
    },
  );

  it('hold what the loader of OpenFlamingo reads: pictures as base64, each with its text', async () => {
    await write('frame');
    const [entry] = (await entries()) as [TarEntry];
    const part = partOf(entry);
    expect(Object.keys(part)).toEqual([
      'id',
      'image_info',
      'text_kinds',
      'text_list',
      'video_info',
      'videos',
    ]);
    expect(part.image_info).toHaveLength(3);
    for (const [at, image] of part.image_info.entries()) {
      expect(image).toMatchObject({ matched_text_index: at, matched_sim: 1 });
      const bytes = Buffer.from(image.image_base64, 'base64');
      expect(sha256(bytes)).toBe(samples[at]?.frames[1]?.picture.sha256);
    }
  });

  it('divide into tars by count, and leave none of a larger set behind', async () => {
    await write('frame', { maxDocuments: 1 });
    expect((await readGeneratedManifest(store, PREFIX))?.files.map(({ name }) => name)).toEqual([
      'set-000000.tar',
      'set-000001.tar',
      'index.json',
    ]);
    expect(await problems()).toEqual([]);
    await write('frame');
    expect(await store.stat(`${PREFIX}/set-000001.tar`)).toBeUndefined();
    expect(await problems()).toEqual([]);
  });

  it('go on after a stop with what is there, writing only what is missing', async () => {
    await write('frame', { maxDocuments: 1 });
    const second = `${PREFIX}/set-000001.tar`;
    const whole = await store.read(second);
    await store.remove(`${PREFIX}/manifest.json`);
    await store.write(second, whole.slice(0, 700));
    const keys: string[] = [];
    const watched: Store = {
      ...store,
      write: (key, ...rest) => {
        keys.push(key);
        return store.write(key, ...rest);
      },
    };
    const to = { store: watched, prefix: PREFIX, name: 'set', maxDocuments: 1 };
    await writeDocumentTars(packed('frame'), to);
    expect(keys).toEqual([second, `${PREFIX}/manifest.json`]);
    expect(await store.read(second)).toEqual(whole);
  });

  it('name a document whose clip has no file, and go on where they may', async () => {
    const missing = samples[4]!.clip.id;
    const broken = (sample: Sample): Promise<Uint8Array> =>
      sample.clip.id === missing
        ? Promise.reject(new ToolkitError('invalid-record', `${missing} has no file.`))
        : clipFile(sample);
    await expect(all(packed('clips', { clipFile: broken }))).rejects.toThrow(missing);
    const failed: string[] = [];
    const fail = (_: unknown, { message }: ToolkitError): void => void failed.push(message);
    const made = await all(packed('clips', { clipFile: broken, fail }));
    expect(made).toHaveLength(1);
    expect(failed).toEqual([`${missing} has no file.`]);
  });

  it('are not packed with a picture that is not the one that was sampled', async () => {
    await store.write('assets/frames/drawn.bin', Buffer.alloc(100_000));
    await expect(all(packed('frames'))).rejects.toThrow('does not hold the frame');
  });

  it('refuse a folder that holds no such set', async () => {
    await expect(all(readDocumentTars(store, 'generated/none'))).rejects.toThrow('There are no');
  });
});

describe('validateGenerated, interleaved documents as WebDataset', () => {
  it('names a tar that was cut off', async () => {
    await write('frame');
    const whole = await store.read(FIRST);
    await store.write(FIRST, whole.slice(0, 900));
    expect((await problems())[0]).toMatch(/^set-000000.tar: truncated-tar/);
    await store.write(FIRST, whole.slice(0, -1024));
    expect(await problems()).toEqual([expect.stringMatching(/truncated-tar/)]);
  });

  const image = (how: (info: Image) => JsonObject) => (part: Part) => ({
    ...part,
    image_info: part.image_info.map((info, at) => (at === 0 ? how(info) : info)),
  });

  it.each([
    [
      'base64',
      image((info) => ({ ...info, image_base64: `*${info.image_base64}` })),
      'bad-picture: .* it is no base64',
    ],
    [
      'a hash',
      image((info) => ({ ...info, sha256: sha256('other') })),
      'bad-picture: .* not those that were packed',
    ],
    [
      'a picture',
      image((info) => ({ ...info, image_base64: '', sha256: sha256('') })),
      'bad-picture: .* no whole JPEG',
    ],
    [
      'a picture of another clip',
      image((info) => ({ ...info, video_name: 'b.mp4' })),
      'bad-picture: .* of no clip',
    ],
    [
      'no picture',
      (part: Part) => ({ ...part, image_info: part.image_info.slice(1) }),
      'missing-clip',
    ],
    ['texts', (part: Part) => ({ ...part, text_list: null }), 'bad-row: .*text_list'],
    [
      'fewer texts',
      (part: Part) => ({ ...part, text_list: [], text_kinds: [] }),
      'bad-row: .*leads nowhere',
    ],
    ['its id', (part: Part) => ({ ...part, id: 'other' }), 'wrong-key'],
    [
      'its kinds',
      (part: Part) => ({ ...part, text_kinds: ['a', 'b', 'c'] }),
      'bad-row: .*text_kinds',
    ],
    [
      'its times',
      (part: Part) => ({
        ...part,
        video_info: part.video_info.map((info) => ({ ...info, end_ms: 0 })),
      }),
      'bad-row: .*ends before',
    ],
  ] as const)('names a document that is wrong in %s', async (_, how, expected) => {
    await write('frame');
    await spoil(how);
    expect((await problems())[0]).toMatch(new RegExp(`^set-000000.tar: ${expected}`));
  });

  it('names clips and captions that belong elsewhere', async () => {
    await write('frame');
    expect(await problems(samples.slice(1))).toEqual([expect.stringContaining(`unknown-clip: `)]);
    const [first, ...rest] = samples as [Sample, ...Sample[]];
    const captions = first.captions.map((each) => ({ ...each, text: 'Nobody said this.' }));
    expect(await problems([{ ...first, captions }, ...rest])).toEqual([
      expect.stringContaining('foreign-caption: '),
    ]);
  });

  it('names clips whose video was withdrawn', async () => {
    await write('frame');
    const gone = samples.slice(0, 3).map(({ clip }) => clip);
    const known = await knownDataset(streamed(samples.slice(3)), gone);
    const found = await all(validateGenerated(store, PREFIX, { known }));
    expect(found.map(({ problem }) => problem)).toEqual(Array(3).fill('withdrawn-sample'));
  });

  it('names a clip file that is none', async () => {
    await write('clips');
    await spoil((part) => ({
      ...part,
      video_info: part.video_info.map((info, at) =>
        at === 1 ? { ...info, video_base64: 'AAAA', sha256: sha256(Buffer.alloc(3)) } : info,
      ),
    }));
    expect(await problems()).toEqual([expect.stringMatching(/unreadable-clip: /)]);
  });

  it('names other parts, documents that come twice, and counts and lists that do not fit', async () => {
    await write('frame');
    const [first, second] = (await entries()) as [TarEntry, TarEntry];
    await rewrite([first, first, second, { name: 'a.jpg', bytes: Buffer.from('x') }]);
    await store.write(`${PREFIX}/index.json`, '{}');
    expect((await problems()).map((found) => found.split(': ').slice(0, 2).join(': '))).toEqual([
      'set-000000.tar: duplicate-key',
      'set-000000.tar: different-parts',
      'set-000000.tar: wrong-count',
      'index.json: wrong-index',
      'manifest.json: wrong-count',
    ]);
  });
});

async function* streamedBack(documents: readonly PackedDocument[]): AsyncGenerator<PackedDocument> {
  await Promise.resolve();
  yield* documents;
}
