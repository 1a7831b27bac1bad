import { ToolkitError, type Source } from '@internvid/core';
import type { VideoCandidate } from '../download/candidate.js';
import { candidateAddress, type CandidateAddress } from './candidate-address.js';
import { RowProblem } from './row-meaning.js';

/**
 * Addresses of single videos, a shard for each: files, which are fetched directly, and pages, which go through yt-dlp. An address
 * that comes twice counts once.
 *
 * @throws TypeError for no addresses; ToolkitError `invalid-config` for what is no http or https address.
 */
export function addressList(addresses: readonly string[]): Source<VideoCandidate> {
  if (addresses.length === 0) throw new TypeError('addressList needs at least one address.');
  const byKey = new Map(addresses.map((address) => [readAddress(address).key, address]));
  return {
    name: 'address-list',
    version: 1,
    config: {},
    async *shards() {
      for (const address of byKey.values()) {
        await Promise.resolve();
        yield { id: readAddress(address).id, input: address, items: 1 };
      }
    },
    async *read({ input }) {
      await Promise.resolve();
      const { id, url, via } = readAddress(input as string);
      yield { id, url, via, metadata: {} };
    },
  };
}

/**
 * Whether an address is that of a video file, which needs no yt-dlp.
 *
 * @throws ToolkitError `invalid-config` for what is no http or https address.
 */
export function isVideoFileAddress(address: string): boolean {
  return readAddress(address).via === 'http';
}

function readAddress(address: string): CandidateAddress {
  try {
    return candidateAddress(address);
  } catch (error) {
    if (!(error instanceof RowProblem)) throw error;
    throw new ToolkitError('invalid-config', `${error.message}. Check how it is written.`);
  }
}
