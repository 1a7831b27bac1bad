import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { isAbort } from '@internvid/core';
import type { Picture } from '@internvid/core/media';

import type { VideoTextEncoder } from '../encoder.js';
import type { PREPROCESSINGS } from '../preprocess/preprocess.js';
import type { HttpDescription } from './http.js';

/** What a server needs to know. */
export type ServeEncoderOptions = {
  /** Stays the caller's. */
  readonly encoder: VideoTextEncoder;
  /** The preprocessing of the encoder. Default `viclip`. */
  readonly preprocessing?: keyof typeof PREPROCESSINGS;
};

/** Larger requests with texts are refused. */
const MAX_TEXT_BYTES = 4_000_000;

/**
 * A server of the protocol that `httpEncoder` speaks, for one encoder; the caller makes it listen. It asks nobody who they are:
 * keep it in a network of your own, or behind a proxy that does.
 */
export function encoderServer(options: ServeEncoderOptions): Server {
  return createServer((request, response) => {
    answer(request, response, options).catch((error: unknown) => {
      const isTheirs = error instanceof RangeError || error instanceof SyntaxError;
      response.statusCode = isTheirs ? 400 : isAbort(error) ? 503 : 500;
      response.end(error instanceof Error ? error.message : String(error));
    });
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { encoder, preprocessing = 'viclip' }: ServeEncoderOptions,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://server');
  const signal = leaving(response);
  if (request.method === 'GET' && pathname === '/') {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(describe(encoder, preprocessing)));
  } else if (request.method === 'POST' && pathname === '/texts') {
    const texts = parseTexts(await readBody(request, MAX_TEXT_BYTES));
    send(response, await encoder.embedTexts(texts, signal));
  } else if (request.method === 'POST' && pathname === '/clips') {
    const [clips, frames] = ['clips', 'frames'].map((name) => Number(searchParams.get(name)));
    send(response, await embedPixels(request, encoder, { clips, frames }, signal));
  } else {
    response.statusCode = 404;
    response.end('There are GET /, POST /texts and POST /clips.');
  }
}

async function embedPixels(
  request: IncomingMessage,
  encoder: VideoTextEncoder,
  {
    clips = 0,
    frames = 0,
  }: { readonly clips?: number | undefined; readonly frames?: number | undefined },
  signal: AbortSignal,
): Promise<readonly Float32Array[]> {
  const { frameSize: size, framesPerClip, maxBatch } = encoder;
  const areCounts = [clips, frames].every((count) => Number.isInteger(count) && count >= 1);
  if (!areCounts || clips > maxBatch || frames > framesPerClip) {
    throw new RangeError(`clips is 1 to ${maxBatch} and frames ${framesPerClip} or 1.`);
  }
  const bytes = size * size * 3;
  const body = await readBody(request, clips * frames * bytes);
  if (body.length !== clips * frames * bytes) {
    throw new RangeError(`The body has ${body.length} bytes, not ${clips * frames * bytes}.`);
  }
  const picture = (index: number): Picture => ({
    width: size,
    height: size,
    format: 'rgb24',
    data: body.subarray(index * bytes, (index + 1) * bytes),
  });
  const pictures = Array.from({ length: clips }, (_, clip) =>
    Array.from({ length: frames }, (_, frame) => picture(clip * frames + frame)),
  );
  return encoder.embedClips(pictures, signal);
}

function describe(
  encoder: VideoTextEncoder,
  preprocessing: HttpDescription['preprocessing'],
): HttpDescription {
  const { producer, languages, dimension, framesPerClip, frameSize, maxBatch } = encoder;
  return {
    protocol: 'internvid-video-text-1',
    producer,
    languages,
    dimension,
    framesPerClip,
    frameSize,
    maxBatch,
    preprocessing,
  };
}

function parseTexts(body: Buffer): readonly string[] {
  const { texts } = JSON.parse(body.toString('utf8')) as { texts?: unknown };
  if (!Array.isArray(texts) || !texts.every((text) => typeof text === 'string')) {
    throw new RangeError('The body is {"texts": ["...", ...]}.');
  }
  return texts;
}

async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw new RangeError(`The body has more than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, vectors: readonly Float32Array[]): void {
  const dimension = vectors[0]?.length ?? 0;
  const body = Buffer.alloc(vectors.length * dimension * 4);
  for (const [row, vector] of vectors.entries()) {
    for (const [place, value] of vector.entries())
      body.writeFloatLE(value, (row * dimension + place) * 4);
  }
  response.setHeader('content-type', 'application/octet-stream');
  response.end(body);
}

/** Aborted when the client goes away before it is answered. */
function leaving(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}
