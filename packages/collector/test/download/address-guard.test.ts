import { describe, expect, it } from '@jest/globals';
import { addressGuard } from '../../src/download/address-guard.js';
import { openResponse } from '../../src/download/open-response.js';
import { status, unrulyServer } from './unruly-server.js';

const [good, inner] = [await unrulyServer('127.0.0.1'), await unrulyServer('127.0.0.2')];
const signal = new AbortController().signal;
const reasonOf = (error: unknown): unknown =>
  (error as { details: { reason: string } }).details.reason;

function reasonFor(url: string): unknown {
  try {
    addressGuard().check(url);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

describe('an address guard', () => {
  it.each([
    'file:///etc/passwd',
    'ftp://example.org/a.mp4',
    'data:video/mp4,x',
    'not a url',
    '//x/y',
  ])('takes no URL but those of http and https: %s', (url) =>
    expect(reasonFor(url)).toBe('bad-url'),
  );

  it('takes no URL with a password in it, and does not repeat the password', () => {
    const url = 'http://user:geheim@example.org/a.mp4';
    expect(reasonFor(url)).toBe('bad-url');
    expect(() => addressGuard().check(url)).not.toThrow(/geheim/);
  });

  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://169.254.169.254/latest/meta-data',
  ])('sees through the way an address is written: %s', (url) => {
    expect(reasonFor(url)).toBe('forbidden-address');
  });

  it('leaves out the addresses of a name that are not public', async () => {
    const resolve = async (): Promise<string[]> => ['10.0.0.1', '93.184.216.34', '::1'];
    expect(await addressGuard({ resolve }).addresses('mixed.example')).toEqual(['93.184.216.34']);
  });

  it('refuses a name all of whose addresses are private', async () => {
    const guard = addressGuard({ resolve: async () => ['10.0.0.1'] });
    await expect(guard.addresses('inner.example')).rejects.toMatchObject({
      retryable: false,
      details: { reason: 'forbidden-address' },
    });
  });

  it('tells a name that does not resolve from one that is forbidden', async () => {
    const guard = addressGuard({ resolve: () => Promise.reject(new Error('ENOTFOUND')) });
    await expect(guard.addresses('nowhere.example')).rejects.toMatchObject({
      retryable: true,
      details: { reason: 'network' },
    });
  });

  it('connects to the very address that it checked, whatever the name resolves to later', async () => {
    good.on('/a', status(200));
    let asked = 0;
    // A name that answers with the allowed address first and with the inner one ever after.
    const resolve = async (): Promise<string[]> => [asked++ === 0 ? '127.0.0.1' : '127.0.0.2'];
    const guard = addressGuard({ resolve, allowPrivateAddresses: ['127.0.0.1'] });
    const options = { guard, headers: {}, stallMs: 2_000, signal };
    const first = await openResponse(`http://rebind.example:${good.port}/a`, options);
    expect(first.response.statusCode).toBe(200);
    first.response.destroy();
    await expect(
      openResponse(`http://rebind.example:${inner.port}/a`, options),
    ).rejects.toMatchObject({ details: { reason: 'forbidden-address' } });
    expect(asked).toBe(2);
    expect(inner.connections).toBe(0);
  });

  it('checks where a redirect leads as it checked where it began', async () => {
    const guard = addressGuard({ allowPrivateAddresses: ['127.0.0.1'] });
    const options = { guard, headers: {}, stallMs: 2_000, signal };
    const open = (path: string): Promise<unknown> => openResponse(good.url(path), options);
    good.on('/inner', status(302, { location: inner.url('/secret') }));
    good.on('/file', status(302, { location: 'file:///etc/passwd' }));
    good.on('/password', status(302, { location: `http://a:b@127.0.0.1:${good.port}/` }));
    good.on('/loop', status(302, { location: '/loop' }));
    await expect(open('/inner')).rejects.toMatchObject({
      details: { reason: 'forbidden-address' },
    });
    await expect(open('/file')).rejects.toMatchObject({ details: { reason: 'bad-url' } });
    await expect(open('/password')).rejects.toMatchObject({ details: { reason: 'bad-url' } });
    await expect(open('/loop')).rejects.toThrow('redirects more than 8 times');
    expect(inner.connections).toBe(0);
  });
});
