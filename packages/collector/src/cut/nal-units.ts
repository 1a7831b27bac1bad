import { isDamage } from './mp4-boxes.js';
import { settingsIn, type TrackDescription } from './mp4-track.js';

/** The parameter sets of an H.264 or HEVC track, as they lie among the samples: NAL units behind 32-bit lengths. */
export type ParameterSets = { readonly codec: 'h264' | 'hevc'; readonly bytes: Buffer };

const DELIMITER = { h264: 9, hevc: 35 } as const;

/** The type of a NAL unit from the first byte of its header. */
export function nalType(codec: ParameterSets['codec'], header: number): number {
  return codec === 'h264' ? header & 31 : (header >> 1) & 63;
}

/**
 * Reads the parameter sets from a track's codec settings (ISO/IEC 14496-15, 5.3.3 and 8.3.3). Undefined where there are none, where its
 * samples do not count their NAL units in 32 bits, and where the settings are damaged.
 */
export function parameterSets(description: TrackDescription): ParameterSets | undefined {
  const avc = settingsIn(description, 'avcC');
  const hevc = settingsIn(description, 'hvcC');
  try {
    if (avc !== undefined) return avcSets(avc);
    return hevc === undefined ? undefined : hevcSets(hevc);
  } catch (error) {
    if (isDamage(error)) return undefined;
    throw error;
  }
}

function avcSets(settings: Buffer): ParameterSets | undefined {
  if ((settings.readUInt8(4) & 3) !== 3) return undefined;
  const sequence = readUnits(settings, 6, settings.readUInt8(5) & 31);
  const picture = readUnits(settings, sequence.end + 1, settings.readUInt8(sequence.end));
  return { codec: 'h264', bytes: Buffer.concat([...sequence.units, ...picture.units]) };
}

function hevcSets(settings: Buffer): ParameterSets | undefined {
  if ((settings.readUInt8(21) & 3) !== 3) return undefined;
  const units: Buffer[] = [];
  let at = 23;
  for (let left = settings.readUInt8(22); left > 0; left--) {
    const array = readUnits(settings, at + 3, settings.readUInt16BE(at + 1));
    units.push(...array.units);
    at = array.end;
  }
  return { codec: 'hevc', bytes: Buffer.concat(units) };
}

type Units = { readonly units: readonly Buffer[]; readonly end: number };

/** NAL units behind 16-bit lengths, given behind 32-bit ones. */
function readUnits(settings: Buffer, start: number, count: number): Units {
  const units: Buffer[] = [];
  let at = start;
  for (let left = count; left > 0; left--) {
    const length = settings.readUInt16BE(at);
    if (at + 2 + length > settings.length) throw new RangeError('A NAL unit leads out.');
    const size = Buffer.alloc(4);
    size.writeUInt32BE(length);
    units.push(size, settings.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return { units, end: at };
}

/** Puts parameter sets at the beginning of a sample, after its access unit delimiter where it has one, which must come first. */
export function withParameterSets(sample: Buffer, { codec, bytes }: ParameterSets): Buffer {
  const isDelimited = sample.length > 4 && nalType(codec, sample.readUInt8(4)) === DELIMITER[codec];
  const at = isDelimited ? 4 + sample.readUInt32BE(0) : 0;
  return Buffer.concat([sample.subarray(0, at), bytes, sample.subarray(at)]);
}

const CLEAN_RANDOM_ACCESS = 21;
const BROKEN_LINK_WITHOUT_LEADING = 18;

/**
 * Turns an HEVC picture that may follow others (CRA) into one that begins a sequence (BLA without leading pictures, ITU-T H.265 7.4.2.2),
 * which is what splicing is allowed to do: the slice headers of both are the same. The sample is NAL units behind 32-bit lengths.
 */
export function markBrokenLink(sample: Buffer): void {
  for (let at = 0; at + 5 <= sample.length; at += 4 + sample.readUInt32BE(at)) {
    const header = sample.readUInt8(at + 4);
    if (nalType('hevc', header) === CLEAN_RANDOM_ACCESS) {
      sample.writeUInt8((header & 0x81) | (BROKEN_LINK_WITHOUT_LEADING << 1), at + 4);
    }
  }
}
