import type { Clock } from './ticks.js';
import { findLocalFile, type LocalFile } from './local-file.js';
import { scanPackets, type PacketScan } from './packet-scan.js';
import { probeHeader, type Header, type ProbeOptions, type StreamHeader } from './probe-header.js';
import { chooseTrack } from './track-choice.js';
import { trackClock } from './video-track.js';

/** A file whose header has been read and whose video track has been chosen. */
export type OpenedFile = {
  readonly file: LocalFile;
  readonly header: Header;
  readonly track: StreamHeader;
  readonly clock: Clock;
};

/** Reads headers and packets, and remembers those of the files last used. */
export interface MediaLibrary {
  open(uri: string, signal: AbortSignal | undefined): Promise<OpenedFile>;
  packets(opened: OpenedFile, signal: AbortSignal | undefined): Promise<PacketScan>;
}

/** Headers remembered, some kilobytes each: a run probes its videos in one step and decodes them in the next. */
const HEADERS = 512;
/** Packet scans remembered, 100 bytes a packet: the clips of one video are read one after the other, of several at once. */
const SCANS = 8;

/** Makes a library over one ffprobe. A file whose size or time of change differs is read anew. */
export function mediaLibrary(options: Omit<ProbeOptions, 'signal'>): MediaLibrary {
  const headers = new Map<string, OpenedFile>();
  const scans = new Map<string, PacketScan>();
  return {
    open: async (uri, signal) => {
      signal?.throwIfAborted();
      const file = await findLocalFile(uri);
      return remember(headers, HEADERS, keyOf(file), async () => {
        const header = await probeHeader(file, { ...options, signal });
        const track = chooseTrack(file.path, header);
        return { file, header, track, clock: trackClock(header, track) };
      });
    },
    packets: ({ file, track }, signal) =>
      remember(scans, SCANS, keyOf(file), () => scanPackets(file, track, { ...options, signal })),
  };
}

function keyOf({ path, bytes, modifiedMs }: LocalFile): string {
  return `${bytes} ${modifiedMs} ${path}`;
}

async function remember<Value>(
  known: Map<string, Value>,
  most: number,
  key: string,
  read: () => Promise<Value>,
): Promise<Value> {
  const value = known.get(key) ?? (await read());
  known.delete(key);
  known.set(key, value);
  for (const oldest of known.keys()) {
    if (known.size <= most) break;
    known.delete(oldest);
  }
  return value;
}
