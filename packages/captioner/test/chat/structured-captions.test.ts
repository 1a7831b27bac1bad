import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { framesSha256, sha256, type Clip } from '@internvid/core';
import { memoryStore, runStage } from '@internvid/core/testing';

import { chatAsker, type ChatAsker } from '../../src/chat/chat-asker.js';
import { structureClips, structuredCaptionsTable } from '../../src/chat/structured-captions.js';
import {
  summariseVideos,
  videoSummariesTable,
  type CaptionedVideo,
} from '../../src/chat/video-summaries.js';
import type { SampledClip } from '../../src/stages.js';
import { captionFor, unrulyChatServer, type UnrulyChatServer } from './unruly-chat-server.js';

let server: UnrulyChatServer;
beforeEach(async () => {
  server = await unrulyChatServer();
});
afterEach(() => server.close());

const FIELDS = {
  subject: 'A brown dog',
  action: 'It runs over a meadow',
  setting: 'A meadow at the edge of a forest',
  camera: 'Wide shot, still',
  style: 'Daylight, natural colours',
  onScreenText: ['KEEP OFF'],
  sounds: '',
};

function asker(provider: 'openai' | 'ollama'): ChatAsker {
  const baseUrl = provider === 'openai' ? `${server.url}/v1` : server.url;
  return chatAsker({ model: { provider, model: 'tiny', baseUrl }, retry: { baseMs: 1 } });
}

function clipAt(number: number): Clip {
  return {
    id: `clip-${number}`,
    video: { id: 'video', uri: '/video.mp4', metadata: {} },
    span: { startMs: number * 1_000, endMs: number * 1_000 + 1_000 },
    facts: {},
  };
}

function cellsOf(
  table: { readonly columns: readonly { name: string; cell(row: never): unknown }[] },
  row: unknown,
): never {
  return Object.fromEntries(
    table.columns.map(({ name, cell }) => [name, cell(row as never)]),
  ) as never;
}

describe.each(['openai', 'ollama'] as const)(
  'structureClips over the protocol of %s',
  (provider) => {
    it('asks for JSON of its form until it gets it, and keeps it as a row', async () => {
      const answers = [
        '{"subject": "A dog',
        JSON.stringify({ subject: 'A dog' }),
        JSON.stringify(FIELDS),
      ];
      server.behave(({ number }) => ({ kind: 'answer', text: answers[number] ?? '' }));
      const store = memoryStore();
      await store.write('pack.tar', 'picture');
      const picture = {
        key: 'pack.tar',
        bytes: 7,
        sha256: sha256('picture'),
        mediaType: 'image/jpeg',
      };
      const frame = { id: 'f', clip: 'clip-0', timeMs: 500, width: 1, height: 1, picture };
      const clip: SampledClip = { id: 'clip-0', clip: clipAt(0), frames: [frame] };
      const tool = asker(provider);
      const { outputs, failed } = await runStage(structureClips({ asker: tool }), [clip], {
        store,
      });
      expect(failed).toEqual([]);
      expect(outputs).toMatchObject([{ clip: 'clip-0', ...FIELDS, language: 'en' }]);
      expect(tool.spending()).toMatchObject({
        requests: 3,
        unmetered: 0,
        rejected: { 'no-form': 2 },
      });
      expect(tool.spending().inputTokens).toBe(server.charged.inputTokens);
      const [row] = outputs;
      expect(structuredCaptionsTable.fromCells(cellsOf(structuredCaptionsTable, row))).toEqual(row);
    });
  },
);

describe('summariseVideos', () => {
  const video: CaptionedVideo = {
    id: 'video',
    clips: [0, 1, 2].map((number) => ({
      clip: clipAt(number),
      text: `Thing ${number} happens.`,
      framesSha256: sha256(String(number)),
    })),
  };
  const chapter = (firstClip: number): object => ({
    firstClip,
    title: `Chapter from clip ${firstClip}`,
    summary: `A thing of kind ${firstClip} is done here.`,
  });

  it('takes chapters only when they begin with the first clip and go on in order', async () => {
    const orders = [[2], [1, 3, 2], [1, 4], [1, 3]];
    server.behave(({ number }) => ({
      kind: 'answer',
      text: JSON.stringify({
        summary: 'Three things happen one after the other.',
        chapters: orders[number]?.map(chapter),
      }),
    }));
    const tool = chatAsker({
      model: { provider: 'openai', model: 'tiny', baseUrl: `${server.url}/v1` },
      attempts: 4,
    });
    const { outputs } = await runStage(summariseVideos({ asker: tool }), [video]);
    expect(outputs).toMatchObject([
      {
        video: 'video',
        chapters: [
          { startMs: 0, endMs: 2_000 },
          { startMs: 2_000, endMs: 3_000 },
        ],
      },
    ]);
    expect(tool.spending().rejected).toEqual({ 'no-form': 3 });
    expect(server.seen[0]?.text).toContain('Thing 2 happens.');
    const [row] = outputs;
    expect(videoSummariesTable.fromCells(cellsOf(videoSummariesTable, row))).toEqual(row);
  });

  it('summarises a thousand clips in levels, with chapters in order that leave out none', async () => {
    const clips = Array.from({ length: 1_000 }, (_, number) => ({
      clip: clipAt(number),
      text: `Thing ${number} happens.`,
      framesSha256: sha256(String(number)),
    }));
    server.behave(({ text }) => {
      const { clips: parts } = JSON.parse(/<<<DATA \w+\n(.*)\nDATA/.exec(text)?.[1] ?? '') as {
        clips: { caption: string }[];
      };
      const chapters = parts.flatMap(({ caption }, at) =>
        at % 10 === 0
          ? [{ firstClip: at + 1, title: `Part ${at}`, summary: captionFor(sha256(caption)) }]
          : [],
      );
      const summary = 'Things are done one after the other.';
      return { kind: 'answer', text: JSON.stringify({ summary, chapters }) };
    });
    const model = { provider: 'openai', model: 'tiny', baseUrl: `${server.url}/v1` } as const;
    const tool = chatAsker({ model });
    const { outputs, failed } = await runStage(summariseVideos({ asker: tool }), [
      { id: 'video', clips },
    ]);
    expect(failed).toEqual([]);
    // Three stretches of a third each, with 34 chapters each, and those 102 chapters in ten.
    expect(server.seen).toHaveLength(4);
    expect(server.seen.slice(0, 3).every(({ text }) => text.includes('at most 40 chapters'))).toBe(
      true,
    );
    const chapters = outputs[0]?.chapters ?? [];
    expect(chapters).toHaveLength(11);
    expect(chapters[0]?.startMs).toBe(0);
    expect(chapters.at(-1)?.endMs).toBe(clips.at(-1)?.clip.span.endMs);
    chapters.slice(1).forEach(({ startMs }, at) => expect(startMs).toBe(chapters[at]?.endMs));
    expect(outputs[0]?.framesSha256).toBe(framesSha256(clips.map((each) => each.framesSha256)));
  });

  it('comes to an end with a model that makes a chapter of everything', async () => {
    const clips = Array.from({ length: 9 }, (_, number) => ({
      clip: clipAt(number),
      text: `Thing ${number} happens.`,
      framesSha256: sha256(String(number)),
    }));
    server.behave(({ text }) => {
      const most = Number(/at most (\d+) chapters/.exec(text)?.[1]);
      const chapters = Array.from({ length: most }, (_, at) => chapter(at + 1));
      return { kind: 'answer', text: JSON.stringify({ summary: 'Things happen here.', chapters }) };
    });
    const model = { provider: 'openai', model: 'tiny', baseUrl: `${server.url}/v1` } as const;
    const stage = summariseVideos({ asker: chatAsker({ model }), maxClips: 2 });
    const { outputs, failed } = await runStage(stage, [{ id: 'video', clips }]);
    expect(failed).toEqual([]);
    expect(outputs[0]?.chapters.at(-1)?.endMs).toBe(clips.at(-1)?.clip.span.endMs);
  });
});
