import { describe, expect, it } from '@jest/globals';
import { sha256, type JsonObject } from '@internvid/core';
import { memoryStore } from '@internvid/core/testing';
import { dialogueFaults, type Dialogue } from '../../src/dialogue/dialogue.js';
import { DIALOGUE_FORMATS, formatDialogue } from '../../src/dialogue/dialogue-formats.js';
import { readDialogues, writeDialogues } from '../../src/dialogue/dialogues-file.js';
import { measuredDialogues } from '../../src/dialogue/measured-dialogues.js';
import { all, madeVideo, streamed } from './seen-videos.js';

const dialogue: Dialogue = {
  id: 'measured-000000000000',
  source: 'measured',
  media: [
    { file: 'a.mp4', video: 'v', clip: 'a', startMs: 0, endMs: 2_000 },
    { file: 'b.mp4', video: 'v', clip: 'b', startMs: 2_000, endMs: 9_000 },
  ],
  turns: [
    { question: 'Which clip is longer?', answer: 'The second one.', kind: 'longer-clip' },
    { question: 'And which is brighter?', answer: 'The first one.', kind: 'brighter-clip' },
  ],
};
const single: Dialogue = { ...dialogue, media: dialogue.media.slice(0, 1) };

async function linesOf(store: ReturnType<typeof memoryStore>, key: string): Promise<JsonObject[]> {
  const text = Buffer.from(await store.read(key)).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JsonObject);
}

describe('forms of dialogues', () => {
  it('for VideoChat hold questions and answers, and one instruction', () => {
    expect(formatDialogue(single, 'videochat')).toEqual({
      id: dialogue.id,
      video: 'a.mp4',
      QA: [
        { i: expect.any(String), q: 'Which clip is longer?', a: 'The second one.' },
        { i: '', q: 'And which is brighter?', a: 'The first one.' },
      ],
    });
  });

  it('for LLaVA-Video hold a token for each film, in the first question alone', () => {
    const { video, conversations } = formatDialogue(dialogue, 'llava-video') as {
      video: string[];
      conversations: { from: string; value: string }[];
    };
    expect(video).toEqual(['a.mp4', 'b.mp4']);
    expect(conversations.map(({ from }) => from)).toEqual(['human', 'gpt', 'human', 'gpt']);
    expect(conversations[0]?.value).toBe('<video>\n<video>\nWhich clip is longer?');
    const rest = conversations.slice(1).map(({ value }) => value);
    expect(rest.join('')).not.toContain('<video>');
  });

  it('for OpenAI hold the films as parts of the first message', () => {
    const { messages } = formatDialogue(single, 'openai') as { messages: JsonObject[] };
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
    expect(messages[0]?.content).toEqual([
      { type: 'video_url', video_url: { url: 'a.mp4' } },
      { type: 'text', text: 'Which clip is longer?' },
    ]);
  });
});

describe('a file of dialogues', () => {
  it('is read back as it was written, the same bytes each time, with counts and checksums', async () => {
    const videos = [1, 2, 3].map((number) => madeVideo(`ünï "${number}" 🎬`, [{}, {}]));
    const made = await all(measuredDialogues(streamed(videos)));
    const written = async (store: ReturnType<typeof memoryStore>) =>
      writeDialogues(streamed(made), {
        store,
        prefix: 'generated/x',
        name: 'x',
        formats: DIALOGUE_FORMATS,
        report: () => ({ yes: 1 }),
      });
    const [one, two] = [memoryStore(), memoryStore()];
    const result = await written(one);
    expect(await written(two)).toEqual(result);
    expect(await all(readDialogues(one, 'generated/x/x-dialogues.jsonl'))).toEqual(made);
    expect(result.files).toHaveLength(4);
    for (const { name, sha256: hash } of result.files) {
      const bytes = await one.read(`generated/x/${name}`);
      expect(sha256(bytes)).toBe(hash);
      expect(await linesOf(one, `generated/x/${name}`)).toHaveLength(made.length);
    }
    const [manifest] = [await one.read('generated/x/manifest.json')];
    expect(JSON.parse(Buffer.from(manifest).toString('utf8'))).toMatchObject({
      kind: 'dialogue',
      dialogues: made.length,
      turns: result.turns,
      report: { yes: 1 },
    });
  });

  it('of nothing is empty, and has a manifest', async () => {
    const store = memoryStore();
    const options = { store, prefix: 'g', name: 'n' };
    expect(await writeDialogues(streamed<Dialogue>([]), options)).toMatchObject({ dialogues: 0 });
    expect(await store.stat('g/manifest.json')).toBeDefined();
  });

  it('is not written with a dialogue that is wrong in form', async () => {
    const empty = { ...dialogue, turns: [] };
    const options = { store: memoryStore(), prefix: 'g', name: 'n' };
    await expect(writeDialogues(streamed([dialogue, empty]), options)).rejects.toThrow(
      'measured-000000000000: it has no turn',
    );
  });

  it.each([
    ['not json', 'it is no dialogue'],
    ['[]', 'it is no dialogue'],
    ['{"id":"x","source":"oracle","media":[],"turns":[]}', 'it is no dialogue'],
    ['{"id":"x","source":"model","media":[{"file":1}],"turns":[]}', 'it is no dialogue'],
    ['{"id":"x","source":"model","media":[],"turns":[{"question":1}]}', 'it is no dialogue'],
    ['{"id":"x","source":"model","media":[],"turns":[]}', 'it shows nothing; it has no turn'],
  ])('with the line %s is refused', async (line, why) => {
    const store = memoryStore();
    await store.write('d.jsonl', `\n${line}\n`);
    await expect(all(readDialogues(store, 'd.jsonl'))).rejects.toThrow(`line 2: ${why}`);
  });

  it('has faults that are named', () => {
    const turn = { question: 'What is it?', answer: 'A film.', kind: 'x' };
    const faults = (...turns: Dialogue['turns']) => dialogueFaults({ ...single, turns });
    expect(faults(turn)).toEqual([]);
    expect(faults({ ...turn, answer: ' ' })[0]).toContain('empty answer');
    expect(faults({ ...turn, question: 'Hi <video>?' })[0]).toContain('token');
    expect(faults(turn, turn)[0]).toContain('asked before');
    expect(faults({ ...turn, question: 'Is it a film?' })[0]).toContain('says the answer');
    const backwards = { ...single.media[0]!, endMs: 0 };
    expect(dialogueFaults({ ...dialogue, media: [backwards] })[0]).toContain('ends before');
  });
});
