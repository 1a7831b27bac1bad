import { randomBytes } from 'node:crypto';
import {
  createServer,
  request,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AddressGuard } from '../address-guard.js';
import { problemOf } from '../problem.js';

/** What the proxy tells whoever opened it. */
export type CheckingProxyOptions = {
  readonly guard: AddressGuard;
  /** Bytes that came from outside. */
  readonly onBytes: (bytes: number) => void;
};

/** An HTTP proxy on loopback that connects only where the guard allows. */
export interface CheckingProxy {
  /** With the name and password without which it serves nobody. */
  readonly url: string;
  /** Why connections were refused by the guard, in order. */
  readonly refused: readonly Error[];
  /** Ends every connection. */
  close(): Promise<void>;
}

/**
 * Opens a proxy for a program that follows redirects by itself: plain requests and `CONNECT` tunnels go through, each to an address
 * that was resolved, checked and pinned here. Anything else than http and https is refused.
 */
export async function openCheckingProxy(options: CheckingProxyOptions): Promise<CheckingProxy> {
  const refused: Error[] = [];
  const sockets = new Set<Duplex>();
  const password = randomBytes(16).toString('hex');
  const expected = `Basic ${Buffer.from(`internvid:${password}`).toString('base64')}`;
  const isKnown = ({ headers }: IncomingMessage): boolean =>
    headers['proxy-authorization'] === expected;
  const statusFor = (error: unknown): number => {
    const problem = problemOf(error);
    if (problem !== 'forbidden-address' && problem !== 'bad-url') return 502;
    refused.push(error as Error);
    return 403;
  };
  const server = createServer((asked, answer) => {
    if (isKnown(asked)) forward(asked, answer, options, statusFor);
    else answer.writeHead(407, { 'proxy-authenticate': 'Basic' }).end();
  });
  server.on('connection', (socket) => keep(sockets, socket));
  server.on('connect', (asked: IncomingMessage, client: Duplex, head: Buffer) => {
    client.on('error', () => client.destroy());
    if (!isKnown(asked)) return void client.end(statusLine(407));
    try {
      keep(sockets, tunnel(asked.url ?? '', client, head, options, statusFor));
    } catch (error) {
      client.end(statusLine(statusFor(error)));
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://internvid:${password}@127.0.0.1:${port}`,
    refused,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function keep(sockets: Set<Duplex>, socket: Duplex): void {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
}

function forward(
  asked: IncomingMessage,
  answer: ServerResponse,
  { guard, onBytes }: CheckingProxyOptions,
  statusFor: (error: unknown) => number,
): void {
  const refuse = (error: unknown): void => {
    if (answer.headersSent) answer.destroy();
    else answer.writeHead(statusFor(error)).end();
  };
  try {
    const url = guard.check(asked.url ?? '');
    const { method, headers } = asked;
    const passed = { ...endToEnd(headers), host: url.host };
    const options = { method, headers: passed, agent: false, lookup: guard.lookup } as const;
    const sent = request(url, options, (response) => {
      answer.writeHead(response.statusCode ?? 502, endToEnd(response.headers));
      response.on('data', (chunk: Buffer) => onBytes(chunk.length));
      response.on('error', refuse).pipe(answer);
    });
    answer.once('close', () => sent.destroy());
    asked.pipe(sent.on('error', refuse));
  } catch (error) {
    refuse(error);
  }
}

function tunnel(
  authority: string,
  client: Duplex,
  head: Buffer,
  { guard, onBytes }: CheckingProxyOptions,
  statusFor: (error: unknown) => number,
): Socket {
  const { hostname, port } = guard.check(`https://${authority}`);
  const host = hostname.replace(/^\[|\]$/g, '');
  const remote = connect({ host, port: Number(port || 443), lookup: guard.lookup });
  let isOpen = false;
  remote.once('connect', () => {
    isOpen = true;
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    remote.write(head);
    remote.on('data', (chunk: Buffer) => onBytes(chunk.length));
    client.pipe(remote).pipe(client);
  });
  remote.on('error', (error) => {
    if (isOpen) client.destroy();
    else client.end(statusLine(statusFor(error)));
  });
  client.once('close', () => remote.destroy());
  return remote;
}

/** Headers that speak of one connection alone are not passed on (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set(
  'connection proxy-connection keep-alive proxy-authenticate proxy-authorization te trailer transfer-encoding upgrade'.split(
    ' ',
  ),
);

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));
}

function statusLine(status: number): string {
  return `HTTP/1.1 ${status} Refused\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`;
}
