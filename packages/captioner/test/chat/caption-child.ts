import { fileStore } from '@internvid/core';

import { chatCaptioner } from '../../src/chat/chat-captioner.js';
import { drawnRequest } from './drawn-request.js';

/** Captions clips against a server into a folder and prints captions and spending: a process for tests to kill. */
const [baseUrl = '', folder = '', clips = '0'] = process.argv.slice(2);
const captioner = chatCaptioner({
  model: { provider: 'ollama', model: 'tiny', baseUrl },
  store: fileStore(folder),
  scales: ['frame', 'fine'],
  concurrency: 2,
});
const requests = Array.from({ length: Number(clips) }, (_, at) => drawnRequest(`clip ${at}`, 3));
const results = await captioner.caption(requests, new AbortController().signal);
const captions = results.flatMap((result) => result.captions);
process.stdout.write(JSON.stringify({ captions, spending: captioner.spending() }));
