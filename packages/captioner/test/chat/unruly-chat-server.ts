import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { sha256 } from '@internvid/core';

/** What the server makes of one request. */
export type Behaviour =
  | {
      readonly kind: 'answer';
      readonly text?: string;
      readonly delayMs?: number;
      readonly finish?: string;
    }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }
  | { readonly kind: 'hang' }
  | { readonly kind: 'cut' }
  | { readonly kind: 'broken-json' }
  | { readonly kind: 'refuse' };

/** A request as the server understood it. */
export type SeenRequest = {
  readonly path: string;
  readonly body: Record<string, unknown>;
  readonly authorization: string | undefined;
  /** Hashes of the pictures, in order. */
  readonly pictures: readonly string[];
  /** All text of all messages, in order. */
  readonly text: string;
  readonly atMs: number;
  /** From 0, over all requests. */
  readonly number: number;
  /** How often these very pictures with these words were asked about before. */
  readonly before: number;
};

/** What the server would charge for: answers that it sent to the end. */
export type Charged = {
  requests: number;
  answers: number;
  inputTokens: number;
  outputTokens: number;
};

/** A chat server on loopback that speaks the protocols of OpenAI and Ollama and does as it is told. */
export interface UnrulyChatServer {
  readonly url: string;
  readonly seen: readonly SeenRequest[];
  readonly charged: Charged;
  /** Requests under way at once, at most. */
  readonly peak: number;
  behave(behaviour: (request: SeenRequest) => Behaviour): void;
  close(): Promise<void>;
}

const WORDS =
  'red green small large old young quick slow bright dark wooden metal round square tall quiet empty busy grey golden'.split(
    ' ',
  );
const THINGS =
  'horse boat tower garden engine river table window bridge piano lantern market bicycle kitchen forest staircase balloon harbour tractor wagon'.split(
    ' ',
  );

/** What the server says of something with this hash: different for different hashes, and a proper caption. */
export function captionFor(hash: string): string {
  const byte = (at: number): number => Number.parseInt(hash.slice(at * 2, at * 2 + 2), 16);
  const word = (at: number): string => WORDS[byte(at) % WORDS.length] ?? '';
  const thing = (at: number): string => THINGS[byte(at) % THINGS.length] ?? '';
  return `A ${word(0)} ${thing(1)} stands near a ${word(2)} ${thing(3)}, behind it a ${word(4)} ${thing(5)} with number ${byte(6)}${byte(7)}.`;
}

/** What the server answers to pictures, or to words where there are none. */
export function answerTo({ pictures, text }: Pick<SeenRequest, 'pictures' | 'text'>): string {
  return captionFor(sha256(pictures.length > 0 ? pictures.join(' ') : text));
}

/** Starts the server; it answers properly until it is told to behave otherwise. */
export async function unrulyChatServer(): Promise<UnrulyChatServer> {
  const seen: SeenRequest[] = [];
  const charged: Charged = { requests: 0, answers: 0, inputTokens: 0, outputTokens: 0 };
  const state = { behave: (_: SeenRequest): Behaviour => ({ kind: 'answer' }), open: 0, peak: 0 };
  const server = createServer((request, response) => {
    state.open += 1;
    state.peak = Math.max(state.peak, state.open);
    response.on('close', () => (state.open -= 1));
    void serve(request, response);
  });
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>;
    const { pictures, text } = contentOf(body);
    const before = seen.filter(
      (each) => each.text === text && String(each.pictures) === String(pictures),
    ).length;
    const one: SeenRequest = {
      path: request.url ?? '',
      body,
      authorization: request.headers.authorization,
      pictures,
      text,
      atMs: Date.now(),
      number: seen.length,
      before,
    };
    seen.push(one);
    charged.requests += 1;
    await act(one, state.behave(one), response, charged);
  };
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    charged,
    get peak() {
      return state.peak;
    },
    behave(behaviour) {
      state.behave = behaviour;
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) =>
        server.close(() => {
          resolve();
        }),
      );
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}

async function act(
  request: SeenRequest,
  behaviour: Behaviour,
  response: ServerResponse,
  charged: Charged,
): Promise<void> {
  switch (behaviour.kind) {
    case 'hang':
      return;
    case 'status':
      response.writeHead(behaviour.status, {
        'content-type': 'application/json',
        ...behaviour.headers,
      });
      response.end(
        behaviour.body ?? JSON.stringify({ error: { message: `status ${behaviour.status}` } }),
      );
      return;
    case 'broken-json':
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"choices": [{"message": {"content": "A b');
      return;
    case 'cut':
      await cutOff(request, response);
      return;
    case 'refuse':
      return answer(request, "I'm sorry, but I can't help with that.", 'stop', response, charged);
    case 'answer':
      if (behaviour.delayMs !== undefined) await sleep(behaviour.delayMs);
      return answer(
        request,
        behaviour.text ?? answerTo(request),
        behaviour.finish ?? 'stop',
        response,
        charged,
      );
  }
}

function answer(
  request: SeenRequest,
  text: string,
  finish: string,
  response: ServerResponse,
  charged: Charged,
): void {
  const usage = { input: 100 * request.pictures.length + request.text.length, output: text.length };
  charged.answers += 1;
  charged.inputTokens += usage.input;
  charged.outputTokens += usage.output;
  const isStream = request.path === '/api/chat' || request.body['stream'] === true;
  if (!isStream) {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(completion(request, text, finish, usage)));
    return;
  }
  const lines =
    request.path === '/api/chat'
      ? ollamaLines(text, finish, usage)
      : openAiLines(text, finish, usage);
  response.writeHead(200, { 'content-type': streamType(request) });
  response.end(lines.join(''));
}

type Tokens = { readonly input: number; readonly output: number };

function completion({ body }: SeenRequest, text: string, finish: string, usage: Tokens): unknown {
  return {
    id: 'one',
    object: 'chat.completion',
    created: 1,
    model: body['model'],
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: finish }],
    usage: usageOf(usage),
  };
}

function usageOf({ input, output }: Tokens): unknown {
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
}

function openAiLines(text: string, finish: string, usage: Tokens): readonly string[] {
  const chunk = (fields: object): string =>
    `data: ${JSON.stringify({ id: 'one', object: 'chat.completion.chunk', created: 1, model: 'm', ...fields })}\n\n`;
  return [
    ...pieces(text).map((content) =>
      chunk({
        choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }],
      }),
    ),
    chunk({ choices: [{ index: 0, delta: {}, finish_reason: finish }] }),
    chunk({ choices: [], usage: usageOf(usage) }),
    'data: [DONE]\n\n',
  ];
}

function ollamaLines(text: string, finish: string, usage: Tokens): readonly string[] {
  const line = (fields: object): string =>
    `${JSON.stringify({ model: 'm', created_at: '2026-01-01T00:00:00Z', ...fields })}\n`;
  return [
    ...pieces(text).map((content) =>
      line({ message: { role: 'assistant', content }, done: false }),
    ),
    line({
      message: { role: 'assistant', content: '' },
      done: true,
      done_reason: finish,
      prompt_eval_count: usage.input,
      eval_count: usage.output,
    }),
  ];
}

/** A few words, then the connection is gone. */
async function cutOff(request: SeenRequest, response: ServerResponse): Promise<void> {
  const lines =
    request.path === '/api/chat'
      ? ollamaLines('A horse stands near', 'stop', { input: 1, output: 1 }).slice(0, 1)
      : openAiLines('A horse stands near', 'stop', { input: 1, output: 1 }).slice(0, 1);
  const isStream = request.path === '/api/chat' || request.body['stream'] === true;
  response.writeHead(200, { 'content-type': isStream ? streamType(request) : 'application/json' });
  response.write(isStream ? (lines[0] ?? '') : '{"id": "one", "choices": [');
  await sleep(20);
  response.destroy();
}

function streamType({ path }: SeenRequest): string {
  return path === '/api/chat' ? 'application/x-ndjson' : 'text/event-stream';
}

function pieces(text: string): readonly string[] {
  return text.match(/.{1,12}/gsu) ?? [];
}

/** Pictures and words of a body, in either protocol. */
function contentOf(body: Record<string, unknown>): { pictures: string[]; text: string } {
  const pictures: string[] = [];
  const texts: string[] = [];
  const look = (value: unknown, name = ''): void => {
    if (typeof value === 'string') {
      const [, data] = /^data:[^,]*,(.*)$/s.exec(value) ?? [];
      if (data !== undefined || name === 'images')
        pictures.push(sha256(Buffer.from(data ?? value, 'base64')));
      else if (name === 'text' || name === 'content') texts.push(value);
    } else if (Array.isArray(value)) for (const item of value) look(item, name);
    else if (typeof value === 'object' && value !== null)
      for (const [key, item] of Object.entries(value)) look(item, key);
  };
  look(body['messages']);
  return { pictures, text: texts.filter(Boolean).join('\n') };
}
