import { extname } from 'node:path';

import type { VideoTrack } from '../media-info.js';
import type { PacketScan } from './packet-scan.js';
import type { Header, StreamHeader } from './probe-header.js';

/** What the warnings are judged by. */
export type WarningFacts = {
  readonly path: string;
  readonly header: Header;
  readonly track: StreamHeader;
  readonly video: VideoTrack;
  readonly packets: PacketScan;
  /** Length of the track's own frames, in milliseconds. */
  readonly trackMs: number;
  /** Whether a key frame near the end has another size than the header says. */
  readonly changesSize: boolean;
};

/** Below this many pixels on the shorter side, no model and no eye sees anything. */
const TINY_PICTURE = 16;

/** The words of `MediaInfo.warnings` that hold, in a fixed order. */
export function mediaWarnings(facts: WarningFacts): readonly string[] {
  const { video } = facts;
  const holds: readonly (readonly [string, boolean])[] = [
    ['truncated', isTruncated(facts)],
    ['damaged', isDamaged(facts)],
    ['hdr', video.isHdr],
    ['interlaced', video.isInterlaced],
    ['single-frame', video.frames === 1],
    ['tiny-picture', Math.min(video.displayWidth, video.displayHeight) < TINY_PICTURE],
    ['resolution-change', facts.changesSize],
    ['wrong-extension', hasWrongExtension(facts.path, facts.header)],
  ];
  return holds.filter(([, is]) => is).map(([word]) => word);
}

/**
 * The file ends before its index says, or its own header promises more than half a second and 2 % more than is there.
 * The track's claims are used, not the container's: sound may well be longer than the pictures.
 */
function isTruncated({ packets, track, trackMs }: WarningFacts): boolean {
  if (/partial file|File ended prematurely|Truncat/i.test(packets.complaints)) return true;
  const claimedMs = Number(track.duration ?? 0) * 1000;
  const claimedFrames = Number(track.nb_frames ?? 0);
  return (
    claimedMs - trackMs > Math.max(500, claimedMs * 0.02) ||
    claimedFrames > packets.packetsInFile * 1.02 + 2
  );
}

/** The container flags packets as corrupt, or ffmpeg's parser, which reads the head of each, stumbles over one. */
function isDamaged({ packets }: WarningFacts): boolean {
  const isError = (line: string): boolean =>
    line.includes('[error]') || /packet corrupt/i.test(line);
  const lines = packets.complaints.split('\n').filter((line) => !line.includes('partial file'));
  return packets.corruptPackets > 0 || lines.some(isError);
}

/** The containers that each extension promises, by the first of ffmpeg's names for the container. */
const EXTENSIONS: Readonly<Record<string, readonly string[]>> = {
  '.3gp': ['mov'],
  '.avi': ['avi'],
  '.flv': ['flv'],
  '.m2ts': ['mpegts'],
  '.m4v': ['mov', 'm4v'],
  '.mkv': ['matroska'],
  '.mov': ['mov'],
  '.mp4': ['mov'],
  '.mpeg': ['mpeg', 'mpegvideo', 'mpegts'],
  '.mpg': ['mpeg', 'mpegvideo', 'mpegts'],
  '.mts': ['mpegts'],
  '.ogv': ['ogg'],
  '.ts': ['mpegts'],
  '.webm': ['matroska'],
  '.wmv': ['asf'],
};

function hasWrongExtension(path: string, { format }: Header): boolean {
  const promised = EXTENSIONS[extname(path).toLowerCase()];
  const [name = ''] = format.format_name.split(',');
  return promised !== undefined && !promised.includes(name);
}
