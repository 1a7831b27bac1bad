import { describe, expect, it } from '@jest/globals';
import { inNetworks, isPublicAddress } from '../../src/download/address.js';

describe('isPublicAddress', () => {
  it.each([
    '93.184.216.34',
    '8.8.8.8',
    '172.15.0.1',
    '172.32.0.1',
    '100.63.0.1',
    '2606:4700::1111',
  ])('lets the public address %s pass', (address) => expect(isPublicAddress(address)).toBe(true));

  it.each([
    ['this network', '0.0.0.0'],
    ['private', '10.1.2.3'],
    ['private', '172.16.0.1'],
    ['private', '192.168.1.1'],
    ['shared by a carrier', '100.64.0.1'],
    ['loopback', '127.0.0.1'],
    ['loopback', '127.255.255.254'],
    ['link-local, where clouds keep their secrets', '169.254.169.254'],
    ['for benchmarks', '198.18.0.1'],
    ['for documentation', '203.0.113.9'],
    ['multicast', '224.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['unspecified', '::'],
    ['loopback', '::1'],
    ['mapped', '::ffff:127.0.0.1'],
    ['mapped, of a public host', '::ffff:8.8.8.8'],
    ['compatible', '::7f00:1'],
    ['NAT64', '64:ff9b::7f00:1'],
    ['local NAT64', '64:ff9b:1::a00:1'],
    ['6to4', '2002:7f00:1::'],
    ['Teredo', '2001:0:4136:e378::1'],
    ['unique local', 'fd00::1'],
    ['link-local', 'fe80::1'],
    ['link-local with a zone', 'fe80::1%eth0'],
    ['site-local', 'fec0::1'],
    ['multicast', 'ff02::1'],
    ['documentation', '2001:db8::1'],
    ['no address at all', 'localhost'],
  ])('refuses an address that is %s: %s', (_, address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('inNetworks', () => {
  it('knows networks and single addresses of both families', () => {
    const isIn = inNetworks(['10.1.0.0/16', '127.0.0.1', 'fd00::/8']);
    expect(['10.1.255.1', '127.0.0.1', 'fd12::1'].map(isIn)).toEqual([true, true, true]);
    expect(['10.2.0.1', '127.0.0.2', 'fe80::1', 'x'].map(isIn)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it.each(['10.0.0.0/33', '10.0.0/8', 'host', '10.0.0.0/x'])(
    'refuses %s at the door',
    (network) => {
      expect(() => inNetworks([network])).toThrow(TypeError);
    },
  );
});
