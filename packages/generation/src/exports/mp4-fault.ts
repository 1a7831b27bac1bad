/**
 * What is wrong with the boxes of an MP4 (ISO/IEC 14496-12, 4.2): they must fill the file to its last byte, and there must be a `ftyp`, a `moov` and
 * media data. A file that was cut off anywhere fails. What the boxes hold is not decoded.
 *
 * @returns `undefined` for a whole file.
 */
export function mp4Fault(bytes: Uint8Array): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = new Set<string>();
  let hasMedia = false;
  for (let at = 0; at < bytes.byteLength;) {
    if (at + 8 > bytes.byteLength) return `it ends within the head of a box at ${at}`;
    const type = Buffer.from(bytes.subarray(at + 4, at + 8)).toString('latin1');
    const size = boxSize(view, at);
    if (!(size >= 8)) return `the box at ${at} has no size`;
    if (at + size > bytes.byteLength) return `it ends within its ${JSON.stringify(type)} box`;
    found.add(type);
    if (type === 'mdat' && size > 8) hasMedia = true;
    at += size;
  }
  const missing = ['ftyp', 'moov'].find((type) => !found.has(type));
  if (missing !== undefined) return `it has no ${missing} box`;
  return hasMedia ? undefined : 'it holds no media data';
}

/** 1 stands for a size of 64 bits behind the type, 0 for all the rest. */
function boxSize(view: DataView, at: number): number {
  const size = view.getUint32(at);
  if (size === 0) return view.byteLength - at;
  if (size !== 1) return size;
  return at + 16 > view.byteLength ? 0 : Number(view.getBigUint64(at + 8));
}
