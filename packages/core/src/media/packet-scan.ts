import { ToolkitError } from '../errors.js';
import { runLines, tellingLine } from './child-process.js';
import { inputArguments } from './input-arguments.js';
import type { LocalFile } from './local-file.js';
import { orderPackets, type OrderedPackets, type Packet } from './packet-order.js';
import type { ProbeOptions, StreamHeader } from './probe-header.js';
import { encrypted } from './track-choice.js';

/** The packets of one video track, in the order of presentation, and what was odd about them. */
export type PacketScan = OrderedPackets & {
  /** All packets, also those that are not shown. */
  readonly packetsInFile: number;
  /** Packets that the container itself calls corrupt. */
  readonly corruptPackets: number;
  /** What ffprobe complained about, its last 16 kB. */
  readonly complaints: string;
};

type ScannedPacket = Packet & { readonly isShown: boolean; readonly isCorrupt: boolean };

const ENTRIES = 'packet=pts,dts,duration,size,flags:packet_side_data=side_data_type';
const PACKET = /^pts=([^|]+)\|dts=([^|]+)\|duration=([^|]+)\|size=(\d+)\|flags=([^|]+)/;

/**
 * Walks through all packets of a video track without decoding them. Memory: about 100 bytes for each packet.
 *
 * @throws ToolkitError `encrypted`; `unreadable` where the track has no packets.
 */
export async function scanPackets(
  file: LocalFile,
  track: StreamHeader,
  options: ProbeOptions,
): Promise<PacketScan> {
  const packets: ScannedPacket[] = [];
  const found = { corrupt: 0, encryption: false };
  const { stderr } = await runLines({
    ...options,
    args: [
      ...['-v', 'level+warning', '-select_streams', String(track.index)],
      ...['-show_entries', ENTRIES, '-print_format', 'compact=print_section=0'],
      ...inputArguments(file.path),
    ],
    onLine: (line) => {
      const packet = readPacket(line);
      if (packet === undefined) return;
      packets.push(packet);
      if (packet.isCorrupt) found.corrupt += 1;
      if (line.includes('Encryption info')) found.encryption = true;
    },
  });
  if (found.encryption) throw encrypted(file.path);
  const shown = packets.filter((packet) => packet.isShown);
  if (shown.length === 0) throw noPackets(file.path, stderr);
  return {
    ...orderPackets(shown, track),
    packetsInFile: packets.length,
    corruptPackets: found.corrupt,
    complaints: stderr,
  };
}

function readPacket(line: string): ScannedPacket | undefined {
  const match = PACKET.exec(line);
  if (match === null) return undefined;
  const [, pts = '', dts = '', duration = '', size = '', flags = ''] = match;
  return {
    pts: readTicks(pts),
    dts: readTicks(dts),
    durationTicks: readTicks(duration) ?? 0,
    isKey: flags.includes('K'),
    isCorrupt: flags.includes('C'),
    // D: decoded but not shown, being before the start of an edit list. One byte: what DivX writes to fill the place of
    // a frame that was packed into the packet before.
    isShown: !flags.includes('D') && Number(size) > 1,
  };
}

function readTicks(text: string): number | undefined {
  return text === 'N/A' ? undefined : Number(text);
}

function noPackets(path: string, stderr: string): ToolkitError {
  const message = `${path} has a video track without a single frame (${tellingLine(stderr)}). Fetch it again.`;
  return new ToolkitError('unreadable', message, { details: { reason: 'no-frames' } });
}
