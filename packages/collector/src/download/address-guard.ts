import { lookup as systemLookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { inNetworks, isPublicAddress } from './address.js';
import { downloadError } from './problem.js';

/** Resolves a host name to IP addresses, in the order in which they are to be tried. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

/** Which addresses may be contacted. */
export type AddressGuardOptions = {
  /** `true`: every address. A list of networks (`10.1.0.0/16`): those besides the public ones. Default: public ones alone. */
  readonly allowPrivateAddresses?: boolean | readonly string[];
  /** Default: the system's resolver, which also reads the hosts file. */
  readonly resolve?: ResolveHost;
};

/** Decides where connections may go. */
export interface AddressGuard {
  /**
   * Checks all of a URL that can be checked without resolving its host.
   *
   * @throws ToolkitError with `details.reason` `bad-url` or `forbidden-address`.
   */
  check(url: string | URL): URL;
  /**
   * The addresses of a host (a name, or an address, in brackets or not) that may be contacted. Whoever connects must connect to
   * these: a second resolution may answer otherwise.
   *
   * @throws ToolkitError `forbidden-address` where there are none, `network` where the name does not resolve.
   */
  addresses(host: string): Promise<readonly string[]>;
  /** The same for `net.connect` and `http.request`, so that the address connected to is the one that was checked. */
  readonly lookup: LookupFunction;
}

/** Makes a guard. */
export function addressGuard(options: AddressGuardOptions = {}): AddressGuard {
  const { allowPrivateAddresses = false, resolve = systemResolve } = options;
  const isAllowed = allowedBy(allowPrivateAddresses);
  const addresses = async (host: string): Promise<readonly string[]> => {
    const bare = withoutBrackets(host);
    const all = isIP(bare) === 0 ? await resolveOrFail(bare, resolve) : [bare];
    const allowed = all.filter(isAllowed);
    if (allowed.length === 0) throw forbidden(host, all);
    return allowed;
  };
  return {
    check(url) {
      const parsed = parse(url);
      const host = withoutBrackets(parsed.hostname);
      // A host that is an address never reaches `lookup`.
      if (isIP(host) !== 0 && !isAllowed(host)) throw forbidden(parsed.hostname, [host]);
      return parsed;
    },
    addresses,
    lookup(host, { all }, callback) {
      addresses(host).then(
        (found) => {
          const answers = found.map((address) => ({ address, family: isIP(address) }));
          const [first] = answers;
          if (all === true) callback(null, answers);
          else callback(null, first?.address ?? '', first?.family);
        },
        (error: unknown) => callback(error as NodeJS.ErrnoException, ''),
      );
    },
  };
}

function allowedBy(allow: boolean | readonly string[]): (address: string) => boolean {
  if (allow === true) return () => true;
  const isListed = inNetworks(allow === false ? [] : allow);
  return (address) => isPublicAddress(address) || isListed(address);
}

function parse(url: string | URL): URL {
  const text = String(url);
  if (!URL.canParse(text)) throw downloadError('bad-url', `"${text}" is not a URL.`);
  const parsed = new URL(text);
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') {
    const message = `${parsed.protocol}// is not fetched, only http and https: ${text}`;
    throw downloadError('bad-url', message);
  }
  if (parsed.username !== '' || parsed.password !== '') {
    const message = `A URL with a user name or password is not fetched: host ${parsed.hostname}. Take them out.`;
    throw downloadError('bad-url', message);
  }
  return parsed;
}

async function systemResolve(host: string): Promise<readonly string[]> {
  return (await systemLookup(host, { all: true })).map(({ address }) => address);
}

async function resolveOrFail(host: string, resolve: ResolveHost): Promise<readonly string[]> {
  try {
    return await resolve(host);
  } catch (cause) {
    throw downloadError('network', `The host ${host} could not be resolved.`, { cause });
  }
}

function forbidden(host: string, addresses: readonly string[]): Error {
  const message =
    `${host} is at ${addresses.join(', ') || 'no address'}, which is not public, so it was not contacted. ` +
    `If you trust it, allow its network in allowPrivateAddresses.`;
  return downloadError('forbidden-address', message, { details: { host } });
}

function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}
