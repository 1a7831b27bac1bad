import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, it } from '@jest/globals';

import { captionTextEncoder } from '../../src/backends/caption-text.js';
import { httpEncoder } from '../../src/backends/http.js';
import { encoderServer } from '../../src/backends/http-server.js';
import type { VideoTextEncoder } from '../../src/encoder.js';
import { describeVideoTextEncoder } from '../../src/testing.js';
import { colourEncoder } from '../colour-encoder.js';
import { plain } from '../shared-files.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listening(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function served(encoder: VideoTextEncoder = colourEncoder()): Promise<VideoTextEncoder> {
  return httpEncoder({ url: await listening(encoderServer({ encoder })) });
}

describeVideoTextEncoder('the test encoder', async () => colourEncoder());
describeVideoTextEncoder('httpEncoder', () => served());
describeVideoTextEncoder('captionTextEncoder', async () => {
  const { embedTexts, ...sentences } = colourEncoder();
  return captionTextEncoder({
    sentences: { ...sentences, embedTexts },
    captioner: { name: 'brightest', version: '1' },
    framesPerClip: 2,
    maxBatch: 2,
    caption: async (clips) => clips.map(([picture]) => `${brightest(picture!.data)} clip`),
  });
});

/** The channel with the largest sum. */
function brightest(data: Uint8Array): string {
  const sums = [0, 0, 0];
  for (const [at, value] of data.entries()) sums[at % 3]! += value;
  return ['red', 'green', 'blue'][sums.indexOf(Math.max(...sums))]!;
}

describe('httpEncoder', () => {
  it('has the properties and the vectors of the encoder behind the server', async () => {
    const encoder = colourEncoder();
    await using far = await served(encoder);
    const { producer, dimension, framesPerClip, frameSize, maxBatch, languages } = far;
    expect({ producer, dimension, framesPerClip, frameSize, maxBatch, languages }).toEqual({
      producer: encoder.producer,
      dimension: 16,
      framesPerClip: 4,
      frameSize: 2,
      maxBatch: 3,
      languages: ['en'],
    });
    const texts = ['red', 'green and blue'];
    expect(await far.embedTexts(texts)).toEqual(await encoder.embedTexts(texts));
    // Squares of the wanted size arrive as they are.
    const squares = [[plain([200, 10, 10], { width: 2, height: 2 })]];
    expect(await far.embedClips(squares)).toEqual(await encoder.embedClips(squares));
  });

  it('asks a busy server again, with its headers', async () => {
    const inner = encoderServer({ encoder: colourEncoder() });
    const seen: (string | undefined)[] = [];
    const url = await listening(
      createServer((request, response) => {
        seen.push(request.headers.authorization);
        if (seen.length === 2) {
          response.writeHead(503, { 'retry-after': '0' }).end('busy');
          return;
        }
        inner.emit('request', request, response);
      }),
    );
    await using far = await httpEncoder({ url, headers: { authorization: 'Bearer x' } });
    expect(await far.embedTexts(['red'])).toHaveLength(1);
    expect(seen).toEqual(['Bearer x', 'Bearer x', 'Bearer x']);
  });

  it.each([
    ['no description', 200, '<html>', /not JSON/],
    ['another protocol', 200, '{"protocol":"other"}', /not of internvid-video-text-1/],
    ['a refusal', 401, 'who are you?', /status 401: who are you\?/],
    ['an endless answer', 200, 'x'.repeat(2_000_000), /more than 1000000 bytes/],
  ])('refuses %s', async (_, status, body, message) => {
    const url = await listening(
      createServer((_request, response) => response.writeHead(status).end(body)),
    );
    await expect(httpEncoder({ url })).rejects.toThrow(message);
  });

  it('refuses vectors of a wrong length and without direction', async () => {
    const short = colourEncoder({ embedTexts: async () => [new Float32Array(4).fill(1)] });
    await using first = await served(short);
    await expect(first.embedTexts(['red'])).rejects.toMatchObject({ code: 'model-failed' });
    const flat = colourEncoder({ embedTexts: async () => [new Float32Array(16)] });
    await using second = await served(flat);
    await expect(second.embedTexts(['red'])).rejects.toThrow(/no direction/);
  });

  it('gives up on a server that does not answer', async () => {
    let requests = 0;
    const url = await listening(createServer(() => (requests += 1)));
    const controller = new AbortController();
    const waiting = httpEncoder({ url, timeoutMs: 60_000, signal: controller.signal });
    await new Promise((resolve) => servers[0]!.once('request', resolve));
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    expect(requests).toBe(1);
  });
});

describe('encoderServer', () => {
  it('answers what it does not take with a reason', async () => {
    const url = await listening(encoderServer({ encoder: colourEncoder() }));
    const post = async (path: string, body: string | Uint8Array) => {
      const answer = await fetch(`${url}${path}`, { method: 'POST', body });
      return [answer.status, await answer.text()] as const;
    };
    expect(await post('texts', 'red')).toEqual([400, expect.stringContaining('JSON')]);
    expect(await post('texts', '{"texts":[1]}')).toEqual([
      400,
      'The body is {"texts": ["...", ...]}.',
    ]);
    expect(await post('clips?clips=1&frames=1', new Uint8Array(5))).toEqual([
      400,
      'The body has 5 bytes, not 12.',
    ]);
    expect(await post('clips?clips=1&frames=1', new Uint8Array(500))).toEqual([
      400,
      'The body has more than 12 bytes.',
    ]);
    expect(await post('clips?clips=99&frames=1', new Uint8Array(5))).toEqual([
      400,
      'clips is 1 to 3 and frames 4 or 1.',
    ]);
    expect(await post('clips?clips=2&frames=3', new Uint8Array(72))).toEqual([
      400,
      'clips[0] needs 4 or 1 pictures, got 3.',
    ]);
    expect((await fetch(`${url}other`)).status).toBe(404);
  });

  it('says that a model broke', async () => {
    const encoder = colourEncoder({ embedTexts: () => Promise.reject(new Error('out of memory')) });
    const url = await listening(encoderServer({ encoder }));
    const answer = await fetch(`${url}texts`, { method: 'POST', body: '{"texts":["red"]}' });
    expect([answer.status, await answer.text()]).toEqual([500, 'out of memory']);
  });
});
