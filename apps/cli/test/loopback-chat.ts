import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A request as a server of OpenAI's protocol gets it. */
export type ChatBody = {
  readonly response_format?: unknown;
  readonly messages: readonly { readonly content: unknown }[];
};

/** A chat server on loopback that answers each request as it is told. */
export type LoopbackChat = {
  readonly baseUrl: string;
  readonly seen: readonly ChatBody[];
  close(): Promise<void>;
};

/** Starts a server; each answer is charged with 1,000 input and 10 output tokens. */
export async function loopbackChat(answer: (body: ChatBody) => string): Promise<LoopbackChat> {
  const seen: ChatBody[] = [];
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      seen.push(body as ChatBody);
      const message = { role: 'assistant', content: answer(body as ChatBody) };
      const usage = { prompt_tokens: 1_000, completion_tokens: 10, total_tokens: 1_010 };
      const choices = [{ index: 0, message, finish_reason: 'stop' }];
      const head = { id: '1', object: 'chat.completion', created: 1, model: 'tiny' };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ ...head, choices, usage }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    seen,
    close: () =>
      new Promise((resolve) =>
        server.close(() => {
          resolve();
        }),
      ),
  };
}
