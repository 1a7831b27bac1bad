import { readLines } from './read-output.js';
import type { JobRunner } from './run-job.js';

/** A packet of a track as it lies in the file. */
export type SourcePacket = {
  /** In ticks of the track's time base; not a number where the file does not state it. */
  readonly pts: number;
  readonly isKey: boolean;
  /** Whether an edit list leaves it out. */
  readonly isHidden: boolean;
  /** Where its bytes begin, in containers that keep them together. */
  readonly offset: number;
  readonly size: number;
};

/** What ffprobe says of a track. */
export type SourcePackets = {
  /** `time_base`, `profile` and `level` of the track, `start_time` and `format_name` of the file; as ffprobe writes them. */
  readonly header: ReadonlyMap<string, string>;
  /** In the order of decoding. */
  readonly packets: readonly SourcePacket[];
};

/** Lists all packets of a track, without decoding. */
export async function readPackets(
  path: string,
  stream: number,
  { ffprobe, stallMs, signal }: JobRunner,
): Promise<SourcePackets> {
  const header = new Map<string, string>();
  const packets: SourcePacket[] = [];
  const entries =
    'packet=pts,size,pos,flags:stream=time_base,profile,level:format=start_time,format_name';
  const args = [
    // MPEG program streams leave out times that follow from others.
    ...['-v', 'error', '-fflags', '+genpts', '-select_streams', String(stream)],
    ...['-print_format', 'compact', '-show_entries', entries],
    ...['-protocol_whitelist', 'file', '-i', `file:${path}`],
  ];
  await readLines({ path: ffprobe.path, args, stallMs, signal }, (line) => {
    const [section, ...fields] = line.split('|');
    const values = new Map(fields.map((field) => splitAtEquals(field)));
    if (section === 'packet') packets.push(readPacket(values));
    else for (const [name, value] of values) header.set(name, value);
  });
  return { header, packets };
}

function splitAtEquals(field: string): readonly [string, string] {
  const at = field.indexOf('=');
  return [field.slice(0, at), field.slice(at + 1)];
}

function readPacket(values: ReadonlyMap<string, string>): SourcePacket {
  const flags = values.get('flags') ?? '';
  return {
    pts: Number(values.get('pts')),
    isKey: flags.includes('K'),
    isHidden: flags.includes('D'),
    offset: Number(values.get('pos')),
    size: Number(values.get('size')),
  };
}
