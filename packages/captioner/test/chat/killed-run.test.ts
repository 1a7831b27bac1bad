import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from '@jest/globals';
import { fileStore, type Caption } from '@internvid/core';

import type { ChatSpending } from '../../src/chat/ledger.js';
import { unrulyChatServer, type UnrulyChatServer } from './unruly-chat-server.js';

const CHILD = fileURLToPath(new URL('./caption-child.ts', import.meta.url));
const CLIPS = 6;
/** Three frames and what is made of them. */
const ANSWERS = CLIPS * 4;

type Said = { readonly captions: readonly Caption[]; readonly spending: ChatSpending };

function start(server: UnrulyChatServer, folder: string): ReturnType<typeof spawn> {
  const args = ['--conditions=source', '--import', 'tsx', CHILD, server.url, folder, String(CLIPS)];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function finish(child: ReturnType<typeof spawn>): Promise<Said> {
  if (child.stdout === null) throw new Error('The child has no output.');
  return JSON.parse(await text(child.stdout)) as Said;
}

/** What the stored answers were charged with. */
async function storedAnswers(folder: string): Promise<{ count: number; inputTokens: number }> {
  const store = fileStore(folder);
  const found = { count: 0, inputTokens: 0 };
  for await (const { key } of store.list('answers')) {
    const record = JSON.parse(Buffer.from(await store.read(key)).toString()) as {
      answer: { usage: { inputTokens: number } };
    };
    found.count += 1;
    found.inputTokens += record.answer.usage.inputTokens;
  }
  return found;
}

describe('a run that is killed', () => {
  it('goes on where it was: what was paid for and kept is not asked again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'internvid-chat-'));
    const server = await unrulyChatServer();
    try {
      const first = start(server, folder);
      server.behave(({ number }) => {
        if (number === 9) first.kill('SIGKILL');
        return { kind: 'answer', delayMs: 15 };
      });
      await once(first, 'close');
      // What was on its way is answered to nobody, and charged.
      while (server.charged.answers < server.charged.requests) await sleep(5);
      const kept = await storedAnswers(folder);
      expect(kept.count).toBeGreaterThan(4);
      expect(kept.count).toBeLessThan(ANSWERS);
      const before = { ...server.charged };
      const { captions, spending } = await finish(start(server, folder));
      expect(captions).toHaveLength(ANSWERS);
      expect(spending.stored).toBe(kept.count);
      expect(server.charged.requests - before.requests).toBe(ANSWERS - kept.count);
      expect(spending.inputTokens).toBe(server.charged.inputTokens - before.inputTokens);
      expect((await storedAnswers(folder)).inputTokens).toBe(
        kept.inputTokens + spending.inputTokens,
      );
      const unbroken = await finish(
        start(server, await mkdtemp(join(tmpdir(), 'internvid-chat-'))),
      );
      expect(captions).toEqual(unbroken.captions);
    } finally {
      await server.close();
    }
  }, 60_000);
});
