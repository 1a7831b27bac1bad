import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, describe, expect, it } from '@jest/globals';
import { addressGuard } from '../../../src/download/address-guard.js';
import { openCheckingProxy } from '../../../src/download/yt-dlp/checking-proxy.js';
import { serve, status, unrulyServer } from '../unruly-server.js';

const good = await unrulyServer('127.0.0.1');
const inner = await unrulyServer('127.0.0.2');
const rebound = { asked: 0 };
const guard = addressGuard({
  allowPrivateAddresses: ['127.0.0.1'],
  resolve: async (host) => {
    if (host === 'inner.example') return ['127.0.0.2'];
    return [rebound.asked++ === 0 ? '127.0.0.1' : '127.0.0.2'];
  },
});
let received = 0;
const proxy = await openCheckingProxy({ guard, onBytes: (bytes) => (received += bytes) });
afterAll(() => proxy.close());
const { port, username, password } = new URL(proxy.url);
const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/** Asks the proxy as a browser would for a plain URL. */
function get(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ code: number; body: string }> {
  return new Promise((resolve, reject) => {
    const options = {
      port,
      path: url,
      headers: { 'proxy-authorization': authorization, ...headers },
    };
    const sent = request(options, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')));
      response.on('end', () => resolve({ code: response.statusCode ?? 0, body }));
    });
    sent.on('error', reject).end();
  });
}

/** Asks for a tunnel, and through it for a path. */
function tunnel(authority: string, path: string, secret = authorization): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1');
    let text = '';
    socket.write(`CONNECT ${authority} HTTP/1.1\r\nproxy-authorization: ${secret}\r\n\r\n`);
    socket.on('data', (chunk: Buffer) => {
      const isFirst = text === '';
      text += chunk.toString('latin1');
      if (isFirst && text.startsWith('HTTP/1.1 200')) {
        socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
      }
    });
    socket.on('close', () => resolve(text)).on('error', reject);
  });
}

describe('the checking proxy', () => {
  it('passes plain requests on, counts what comes, and keeps its password to itself', async () => {
    let secret: unknown = 'unasked';
    const url = good.on('/a', (asked, response, earlier) => {
      secret = asked.headers['proxy-authorization'];
      return serve(Buffer.from('hello'))(asked, response, earlier);
    });
    received = 0;
    expect(await get(url)).toEqual({ code: 200, body: 'hello' });
    expect(secret).toBeUndefined();
    expect(received).toBe(5);
  });

  it('passes tunnels on', async () => {
    good.on('/b', status(200, {}, 'through'));
    expect(await tunnel(`127.0.0.1:${good.port}`, '/b')).toContain('through');
  });

  it('contacts no address that the guard forbids, by number or by name, plain or tunnelled', async () => {
    const before = proxy.refused.length;
    expect(await get(inner.url('/x'))).toMatchObject({ code: 403 });
    expect(await get(`http://inner.example:${inner.port}/x`)).toMatchObject({ code: 403 });
    expect(await tunnel(`127.0.0.2:${inner.port}`, '/x')).toMatch(/^HTTP\/1.1 403/);
    expect(await tunnel(`inner.example:${inner.port}`, '/x')).toMatch(/^HTTP\/1.1 403/);
    expect(await tunnel(`[::ffff:127.0.0.2]:${inner.port}`, '/x')).toMatch(/^HTTP\/1.1 403/);
    expect(proxy.refused.length - before).toBe(5);
    expect(inner.connections).toBe(0);
  });

  it('checks a name each time that it connects', async () => {
    good.on('/c', status(200, {}, 'first'));
    expect(await get(`http://rebind.example:${good.port}/c`)).toMatchObject({ code: 200 });
    expect(await get(`http://rebind.example:${inner.port}/c`)).toMatchObject({ code: 403 });
    expect(inner.connections).toBe(0);
  });

  it('serves nobody without its password, and nothing but http', async () => {
    const headers = { 'proxy-authorization': 'Basic eDp5' };
    expect(await get(good.url('/a'), headers)).toMatchObject({ code: 407 });
    expect(await tunnel(`127.0.0.1:${good.port}`, '/b', 'Basic eDp5')).toMatch(/^HTTP\/1.1 407/);
    expect(await get('ftp://127.0.0.1/x')).toMatchObject({ code: 403 });
    expect(await get('/x')).toMatchObject({ code: 403 });
  });

  it('says that nobody answers, without calling it forbidden', async () => {
    const before = proxy.refused.length;
    expect(await get('http://127.0.0.1:9/')).toMatchObject({ code: 502 });
    expect(await tunnel('127.0.0.1:9', '/')).toMatch(/^HTTP\/1.1 502/);
    expect(proxy.refused.length).toBe(before);
  });
});
