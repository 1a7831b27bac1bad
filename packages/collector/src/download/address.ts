import { BlockList, isIP } from 'node:net';

/** Addresses of IPv4 that are no public host (IANA special-purpose registry): network, bits. */
const SPECIAL_IPV4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;

/** Inside 2000::/3, the only public block of IPv6: Teredo and other protocol assignments, documentation, 6to4. */
const SPECIAL_IPV6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const;

const specialIpv4 = new BlockList();
for (const [network, bits] of SPECIAL_IPV4) specialIpv4.addSubnet(network, bits, 'ipv4');
const specialIpv6 = new BlockList();
for (const [network, bits] of SPECIAL_IPV6) specialIpv6.addSubnet(network, bits, 'ipv6');
const publicIpv6 = new BlockList();
publicIpv6.addSubnet('2000::', 3, 'ipv6');

/**
 * Whether an IP address is one of a public host. Private, loopback, link-local, shared, multicast and reserved ones are not, nor
 * are IPv6 addresses that carry one of IPv4 inside (mapped, NAT64, 6to4, Teredo), nor what is no address.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !specialIpv4.check(address, 'ipv4');
  // An address with a zone ("fe80::1%eth0") is local by its nature.
  if (isIP(address) !== 6 || address.includes('%')) return false;
  return publicIpv6.check(address, 'ipv6') && !specialIpv6.check(address, 'ipv6');
}

/**
 * A test for addresses that lie in one of the networks.
 *
 * @param networks as `10.0.0.0/8` or `fd00::/8`; an address alone is itself.
 * @throws TypeError for what is no network.
 */
export function inNetworks(networks: readonly string[]): (address: string) => boolean {
  const lists = { 4: new BlockList(), 6: new BlockList() };
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address);
    const most = family === 4 ? 32 : 128;
    const length = bits === undefined ? most : Number(bits);
    if ((family !== 4 && family !== 6) || !/^\d*$/.test(bits ?? '') || length > most) {
      throw new TypeError(`"${network}" is not a network like 10.0.0.0/8 or fd00::/8.`);
    }
    lists[family].addSubnet(address, length, family === 4 ? 'ipv4' : 'ipv6');
  }
  return (address) => {
    const family = isIP(address);
    if (family === 4) return lists[4].check(address, 'ipv4');
    return family === 6 && !address.includes('%') && lists[6].check(address, 'ipv6');
  };
}
