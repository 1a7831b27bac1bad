import { beforeAll, describe, expect, it } from '@jest/globals';
import { memoryStore } from '@internvid/core/testing';
import { drawnSamples } from '../drawn-samples.js';
import type { Sample } from '../../src/index.js';
import { faultsOf, type InterleavedDocument } from '../../src/interleave/document.js';
import { readDocuments, writeDocuments } from '../../src/interleave/documents-file.js';
import { formatDocument } from '../../src/interleave/formats.js';
import { interleave, type InterleaveOptions } from '../../src/interleave/interleave.js';

let samples: readonly Sample[];

beforeAll(async () => {
  samples = await drawnSamples(memoryStore(), 30);
});

async function* each<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
  await Promise.resolve();
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const documents = (options: InterleaveOptions, from = samples) =>
  all(interleave(each(from), options));

const clipsIn = ({ items }: InterleavedDocument) => items.filter(({ kind }) => kind === 'clip');
const textsIn = ({ items }: InterleavedDocument) => items.filter(({ kind }) => kind === 'text');

describe('interleaving clips and captions', () => {
  it('gives a document for each video, its clips in order of time, each before its caption', async () => {
    const made = await documents({ form: 'captions', dropClips: 0 });
    expect(made).toHaveLength(10);
    for (const document of made) {
      expect(faultsOf(document)).toEqual([]);
      expect(document.videos).toHaveLength(1);
      expect(document.items.map(({ kind }) => kind)).toEqual(
        document.items.map((_, at) => (at % 2 === 0 ? 'clip' : 'text')),
      );
    }
  });

  it('leaves out about the share of clips that was asked for, never their text, never all', async () => {
    const many = Array.from({ length: 400 }, (_, at) => renumbered(samples[at % 30]!, at));
    const whole = await documents({ form: 'captions', dropClips: 0 }, many);
    const made = await documents({ form: 'captions' }, many);
    const count = (of: (document: InterleavedDocument) => unknown[], list: InterleavedDocument[]) =>
      list.reduce((sum, document) => sum + of(document).length, 0);
    expect(count(textsIn, made)).toBe(count(textsIn, whole));
    const left = count(clipsIn, made) / count(clipsIn, whole);
    expect(left).toBeGreaterThan(0.66);
    expect(left).toBeLessThan(0.82);
    expect(made.every((document) => clipsIn(document).length > 0)).toBe(true);
  });

  it('leaves out the same clips again, and others with another seed', async () => {
    const made = async (seed: number) => documents({ form: 'captions', dropClips: 0.5, seed });
    expect(await made(1)).toEqual(await made(1));
    expect(await made(1)).not.toEqual(await made(2));
  });

  it('adds what is said where something is', async () => {
    const [first] = await documents({
      form: 'transcripts',
      dropClips: 0,
      transcript: ({ clip }) => (clip.span.startMs === 0 ? ' Good morning. ' : undefined),
    });
    const said = textsIn(first!).filter((item) => item.kind === 'text' && item.of === 'transcript');
    expect(said).toEqual([{ kind: 'text', text: 'Good morning.', of: 'transcript' }]);
  });

  it('joins several videos, and keeps them in order', async () => {
    const made = await documents({ form: 'joined', videosPerDocument: 4 });
    expect(made.map(({ videos }) => videos.length)).toEqual([4, 4, 2]);
    expect(made.flatMap(faultsOf)).toEqual([]);
  });

  it('divides a video that is too long for one document', async () => {
    const byClips = await documents({ form: 'captions', maxClips: 2, dropClips: 0 });
    expect(Math.max(...byClips.map((document) => clipsIn(document).length))).toBe(2);
    const byWords = await documents({ form: 'captions', maxWords: 1, dropClips: 0 });
    expect(byWords.every((document) => clipsIn(document).length === 1)).toBe(true);
  });

  it('leaves out a clip that says the same as the one before it', async () => {
    const repeated = samples.slice(0, 3).map((sample) => ({
      ...sample,
      captions: samples[0]!.captions,
    }));
    const [document] = await documents({ form: 'captions', dropClips: 0 }, repeated);
    expect(clipsIn(document!)).toHaveLength(1);
  });

  it('says which sample has no caption, and goes on where it may', async () => {
    const mute = { ...samples[0]!, captions: [] };
    await expect(documents({ form: 'captions' }, [mute])).rejects.toThrow(mute.clip.id);
    const failed: string[] = [];
    const fail = ({ clip }: Sample) => failed.push(clip.id);
    expect(await documents({ form: 'captions', fail }, [mute, samples[1]!])).toHaveLength(1);
    expect(failed).toEqual([mute.clip.id]);
  });

  it('refuses settings that make no sense', async () => {
    for (const wrong of [{ dropClips: 1 }, { maxClips: 0 }, { videosPerDocument: 1 }])
      await expect(documents({ form: 'captions', ...wrong })).rejects.toThrow(RangeError);
    await expect(documents({ form: 'transcripts' })).rejects.toThrow(TypeError);
  });
});

describe('the forms of a document', () => {
  const document: InterleavedDocument = {
    id: 'captions-1',
    videos: ['a'],
    items: [
      { kind: 'text', text: 'First.', of: 'caption' },
      { kind: 'clip', clip: 'a_2', video: 'a', startMs: 10, endMs: 20 },
      { kind: 'text', text: 'Second.', of: 'caption' },
    ],
  };

  it('has one of both at each place of the two lists', () => {
    expect(formatDocument(document, 'obelics')).toMatchObject({
      videos: [null, 'a_2.mp4', null],
      texts: ['First.', null, 'Second.'],
    });
  });

  it('names the text that goes with each clip', () => {
    expect(formatDocument(document, 'mmc4')).toMatchObject({
      text_list: ['First.', 'Second.'],
      video_info: [{ video_name: 'a_2.mp4', matched_text_index: 1 }],
    });
  });

  it('is a message with parts in order', () => {
    const { messages } = formatDocument(document, 'chat') as {
      messages: { role: string; content: { type: string }[] }[];
    };
    expect(messages[0]!.content.map(({ type }) => type)).toEqual(['text', 'video', 'text']);
  });

  it('comes back from its file as it was, and the file is the same again', async () => {
    const made = await documents({ form: 'captions' });
    const store = memoryStore();
    const options = { store, prefix: 'generated/x', name: 'x', format: 'documents' } as const;
    const written = await writeDocuments(each(made), options);
    expect(written.documents).toBe(made.length);
    expect(await all(readDocuments(store, 'generated/x/x.jsonl'))).toEqual(made);
    expect((await writeDocuments(each(made), options)).file).toEqual(written.file);
  });

  it.each([
    ['not json', 'it is no interleaved document'],
    ['{"id":"x","videos":["a"],"items":[{"kind":"clip"}]}', 'it is no interleaved document'],
    ['{"id":"x","videos":[],"items":[]}', 'it has no clip'],
  ])('refuses the line %s', async (line, why) => {
    const store = memoryStore();
    await store.write('d.jsonl', `\n${line}\n`);
    await expect(all(readDocuments(store, 'd.jsonl'))).rejects.toThrow(`line 2: ${why}`);
  });

  it('finds clips out of order and of videos that are not listed', () => {
    const clip = (name: string, startMs: number, video = 'a') => ({
      kind: 'clip' as const,
      clip: name,
      video,
      startMs,
      endMs: startMs + 1,
    });
    const text = { kind: 'text' as const, text: 'x', of: 'caption' as const };
    const faults = (...items: InterleavedDocument['items']) =>
      faultsOf({ id: 'x', videos: ['a'], items });
    expect(faults(clip('a', 5), clip('b', 1), text)).toEqual(['b comes before its time']);
    expect(faults(clip('a', 5, 'z'), text)[0]).toContain('does not list');
    expect(faults(clip('a', 5), clip('a', 5), text)).toEqual(['a comes twice']);
  });
});

/** The same sample as another clip of another video. */
function renumbered(sample: Sample, at: number): Sample {
  const video = { ...sample.clip.video, id: `video-${Math.floor(at / 3)}` };
  return { ...sample, clip: { ...sample.clip, id: `clip-${at}`, video } };
}
