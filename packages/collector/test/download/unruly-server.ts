import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from '@jest/globals';

/** Answers a request; it gets the number of earlier requests for the same path. */
export type Route = (
  request: IncomingMessage,
  response: ServerResponse,
  earlier: number,
) => void | Promise<void>;

/** A server on loopback that does as it is told, and remembers who asked. */
export type UnrulyServer = {
  readonly port: number;
  url(path: string): string;
  /** Requests for a path so far. */
  requests(path: string): number;
  /** Connections so far. */
  readonly connections: number;
  /** Answers from now on, in place of what the path had. */
  on(path: string, route: Route): string;
};

/** Starts a server on an address of the loopback network; it is stopped after the suite. */
export async function unrulyServer(host = '127.0.0.1'): Promise<UnrulyServer> {
  const routes = new Map<string, Route>();
  const requests = new Map<string, number>();
  let connections = 0;
  const server: Server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0]!;
    const earlier = requests.get(path) ?? 0;
    requests.set(path, earlier + 1);
    const route = routes.get(path);
    if (route === undefined) response.writeHead(404).end();
    else void route(request, response, earlier);
  });
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const url = (path: string): string => `http://${host}:${port}${path}`;
  return {
    port,
    url,
    requests: (path) => requests.get(path) ?? 0,
    get connections() {
      return connections;
    },
    on(path, route) {
      routes.set(path, route);
      return url(path);
    },
  };
}

/** Serves bytes as a good server does: with length, tag, and ranges. */
export function serve(bytes: Uint8Array, headers: Record<string, string> = {}): Route {
  const tag = '"one"';
  return (request, response) => {
    const from = rangeOf(request, tag);
    const common = { etag: tag, 'content-type': 'video/mp4', ...headers };
    if (from === undefined) {
      response.writeHead(200, { ...common, 'content-length': bytes.length }).end(bytes);
      return;
    }
    const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
    const rest = bytes.subarray(from);
    response
      .writeHead(206, { ...common, 'content-range': range, 'content-length': rest.length })
      .end(rest);
  };
}

/** Where a request wants to go on, if what it has is still what the tag names. */
export function rangeOf(request: IncomingMessage, tag: string): number | undefined {
  const from = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
  return from === undefined || request.headers['if-range'] !== tag ? undefined : Number(from);
}

/** Promises all of the bytes, sends some, and hangs up. */
export function breakOff(bytes: Uint8Array, after: number): Route {
  return (_, response) => {
    response.writeHead(200, { 'content-length': bytes.length, etag: '"one"' });
    response.write(bytes.subarray(0, after), () => response.destroy());
  };
}

/** Answers with a status and headers. */
export function status(code: number, headers: Record<string, string> = {}, body = ''): Route {
  return (_, response) => void response.writeHead(code, headers).end(body);
}

/** Sends what there is and then nothing, without an end. */
export const hang =
  (some: Uint8Array = new Uint8Array()): Route =>
  (_, response) => {
    response.writeHead(200, { 'content-length': 1_000_000 });
    response.write(some.length > 0 ? some : Buffer.from('\0'));
  };

/** Sends a byte now and then, for ever. */
export const drip: Route = (_, response) => {
  response.writeHead(200, { 'content-length': 1_000_000 });
  const timer = setInterval(() => response.write('\0'), 20);
  response.once('close', () => clearInterval(timer));
};
