import { appendFile, writeFile } from 'node:fs/promises';

/** Numbers by name, at an update. */
export type Scalars = {
  readonly timeMs: number;
  readonly update: number;
  readonly values: Readonly<Record<string, number>>;
};

/**
 * Starts a file that TensorBoard reads: records of a length, its checksum, an `Event` message and its checksum (`TFRecord`).
 * The name must contain `tfevents`.
 */
export async function startEventFile(path: string, timeMs: number): Promise<void> {
  const version = text(3, 'brain.Event:2');
  await writeFile(path, record(Buffer.concat([double(1, timeMs / 1000), version])));
}

/** Adds numbers. What a crash cuts off is the last record, which readers skip. */
export async function appendScalars(path: string, scalars: readonly Scalars[]): Promise<void> {
  const records = scalars.map(({ timeMs, update, values }) => {
    const summary = Object.entries(values).map(([name, value]) =>
      bytes(1, Buffer.concat([text(1, name), float(2, value)])),
    );
    return record(
      Buffer.concat([
        double(1, timeMs / 1000),
        number(2, update),
        bytes(5, Buffer.concat(summary)),
      ]),
    );
  });
  await appendFile(path, Buffer.concat(records));
}

function record(data: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(data.length));
  return Buffer.concat([length, checksum(length), data, checksum(data)]);
}

/** CRC-32C, turned and shifted so that the checksum of data that holds checksums stays a good one. */
function checksum(data: Uint8Array): Buffer {
  let crc = 0xffffffff;
  for (const byte of data) crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0);
  crc = ~crc >>> 0;
  const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  const out = Buffer.alloc(4);
  out.writeUInt32LE(masked);
  return out;
}

/** Of Castagnoli's polynomial, bits reversed. */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0x82f63b78 : 0);
  return value;
});

function varint(value: number): Buffer {
  const out: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) out.push((rest % 128) | 128);
  return Buffer.from([...out, rest]);
}

function number(field: number, value: number): Buffer {
  return Buffer.concat([varint(field << 3), varint(value)]);
}

function bytes(field: number, data: Buffer): Buffer {
  return Buffer.concat([varint((field << 3) | 2), varint(data.length), data]);
}

function text(field: number, value: string): Buffer {
  return bytes(field, Buffer.from(value));
}

function double(field: number, value: number): Buffer {
  const out = Buffer.alloc(8);
  out.writeDoubleLE(value);
  return Buffer.concat([varint((field << 3) | 1), out]);
}

function float(field: number, value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeFloatLE(value);
  return Buffer.concat([varint((field << 3) | 5), out]);
}
