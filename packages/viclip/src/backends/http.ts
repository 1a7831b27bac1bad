import { retry, ToolkitError, type Producer } from '@internvid/core';

import { checkClips, refuseBlank } from '../check-inputs.js';
import type { VideoTextEncoder } from '../encoder.js';
import { fetchBytes } from '../fetch-bytes.js';
import { PREPROCESSINGS, squarePixels } from '../preprocess/preprocess.js';
import { unitVector } from '../search/unit-vector.js';

/** What a server says about its model. */
export type HttpDescription = {
  readonly protocol: 'internvid-video-text-1';
  readonly producer: Producer;
  readonly languages: readonly string[];
  readonly dimension: number;
  readonly framesPerClip: number;
  readonly frameSize: number;
  readonly maxBatch: number;
  /** How pictures become squares before they are sent: a name of `PREPROCESSINGS`. Mean and deviation are the server's work. */
  readonly preprocessing: keyof typeof PREPROCESSINGS;
};

/** Where the server is and how patient the client. */
export type HttpEncoderOptions = {
  /** Such as `http://gpu-1:8750/`. */
  readonly url: string;
  /** Sent with every request, such as `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For one request, in milliseconds. Default 120,000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
};

/** Texts in one request. */
const TEXTS = 256;

/**
 * A model on a server elsewhere.
 *
 * The protocol: `GET URL` answers an `HttpDescription`. `POST URL/texts` takes `{"texts": [...]}`.
 * `POST URL/clips?clips=N&frames=T` takes `N * T * size * size * 3` bytes: the pictures as squares, row-major, red, green, blue.
 * Both answer one vector of unit length for each, as little-endian 32-bit floats. Errors are other statuses with a line of text.
 *
 * Busy servers and broken connections are tried again three times.
 *
 * @throws ToolkitError `network`, `timeout`, `model-failed` for an answer that is not of this protocol.
 */
export async function httpEncoder(options: HttpEncoderOptions): Promise<VideoTextEncoder> {
  const { headers = {}, timeoutMs = 120_000 } = options;
  const base = options.url.replace(/\/+$/, '');
  let isDisposed = false;
  const ask = async (
    path: string,
    maxBytes: number,
    signal?: AbortSignal,
    body?: { readonly bytes: Uint8Array; readonly type: string },
  ): Promise<Buffer> => {
    if (isDisposed) throw new ToolkitError('aborted', 'The encoder was disposed of.');
    const sent = body === undefined ? headers : { ...headers, 'content-type': body.type };
    const limits = { headers: sent, maxBytes, timeoutMs, signal };
    const request = body === undefined ? limits : { ...limits, body: body.bytes };
    return retry(
      () => fetchBytes(`${base}${path}`, request),
      signal === undefined ? {} : { signal },
    );
  };
  const description = parseDescription(await ask('/', 1_000_000, options.signal), base);
  const { producer, languages, dimension, framesPerClip, frameSize, maxBatch } = description;
  const preprocessing = PREPROCESSINGS[description.preprocessing];

  return {
    producer,
    languages,
    dimension,
    framesPerClip,
    frameSize,
    maxBatch,
    async embedClips(clips, signal) {
      checkClips(clips, description);
      signal?.throwIfAborted();
      const frames = clips[0]?.length;
      if (frames === undefined) return [];
      if (clips.some((clip) => clip.length !== frames)) {
        throw new RangeError('Clips of one call need the same number of pictures.');
      }
      const squares = clips.flatMap((clip) =>
        clip.map((picture) => squarePixels(picture, frameSize, preprocessing)),
      );
      const body = { bytes: Buffer.concat(squares), type: 'application/octet-stream' };
      const path = `/clips?clips=${clips.length}&frames=${frames}`;
      return vectorsOf(
        await ask(path, clips.length * dimension * 4, signal, body),
        clips.length,
        dimension,
        base,
      );
    },
    async embedTexts(texts, signal) {
      refuseBlank(texts);
      signal?.throwIfAborted();
      const vectors: Float32Array[] = [];
      for (let start = 0; start < texts.length; start += TEXTS) {
        const some = texts.slice(start, start + TEXTS);
        const bytes = Buffer.from(JSON.stringify({ texts: some }), 'utf8');
        const body = { bytes, type: 'application/json' };
        const answer = await ask('/texts', some.length * dimension * 4, signal, body);
        vectors.push(...vectorsOf(answer, some.length, dimension, base));
      }
      return vectors;
    },
    async [Symbol.asyncDispose]() {
      isDisposed = true;
    },
  };
}

function parseDescription(answer: Buffer, url: string): HttpDescription {
  let found: Partial<HttpDescription>;
  try {
    found = JSON.parse(answer.toString('utf8')) as Partial<HttpDescription>;
  } catch (cause) {
    throw otherAnswer(url, 'its description is not JSON', cause);
  }
  const counts = [found.dimension, found.framesPerClip, found.frameSize, found.maxBatch];
  const { producer, languages, preprocessing = '' } = found;
  const isWhole =
    found.protocol === 'internvid-video-text-1' &&
    counts.every((count) => Number.isSafeInteger(count) && Number(count) >= 1) &&
    typeof producer?.name === 'string' &&
    typeof producer.version === 'string' &&
    typeof producer.config === 'object' &&
    Array.isArray(languages) &&
    Object.hasOwn(PREPROCESSINGS, preprocessing);
  if (!isWhole) throw otherAnswer(url, 'its description is not of internvid-video-text-1');
  return found as HttpDescription;
}

function vectorsOf(
  answer: Buffer,
  count: number,
  dimension: number,
  url: string,
): readonly Float32Array[] {
  if (answer.length !== count * dimension * 4) {
    throw otherAnswer(url, `it sent ${answer.length} bytes for ${count} vectors of ${dimension}`);
  }
  return Array.from({ length: count }, (_, row) => {
    const vector = Float32Array.from({ length: dimension }, (_, place) =>
      answer.readFloatLE((row * dimension + place) * 4),
    );
    try {
      return unitVector(vector, dimension);
    } catch (cause) {
      throw otherAnswer(url, 'it sent a vector that has no direction', cause);
    }
  });
}

function otherAnswer(url: string, what: string, cause?: unknown): ToolkitError {
  const message = `The server at ${url} cannot be used: ${what}.`;
  return new ToolkitError('model-failed', message, cause === undefined ? {} : { cause });
}
