import type { ClipFrames } from './encoder.js';

/** What an encoder takes at once. */
export type EncoderLimits = { readonly framesPerClip: number; readonly maxBatch: number };

/** @throws RangeError for what the contract of `VideoTextEncoder.embedClips` rules out. */
export function checkClips(clips: readonly ClipFrames[], limits: EncoderLimits): void {
  const { framesPerClip, maxBatch } = limits;
  if (clips.length > maxBatch) {
    throw new RangeError(`At most ${maxBatch} clips can be embedded at once, got ${clips.length}.`);
  }
  for (const [index, frames] of clips.entries()) {
    if (frames.length !== framesPerClip && frames.length !== 1) {
      const counts = framesPerClip === 1 ? '1' : `${framesPerClip} or 1`;
      throw new RangeError(`clips[${index}] needs ${counts} pictures, got ${frames.length}.`);
    }
    for (const [place, picture] of frames.entries()) {
      const name = `clips[${index}][${place}]`;
      const { width, height, format, data } = picture;
      if (format !== 'rgb24') throw new RangeError(`${name} is ${format}; pictures are rgb24.`);
      if (!(width >= 1 && height >= 1) || data.length !== width * height * 3) {
        throw new RangeError(`${name} has ${data.length} bytes, not ${width} x ${height} x 3.`);
      }
      if (width !== frames[0]?.width || height !== frames[0].height) {
        throw new RangeError(`${name} is not as large as the first picture of its clip.`);
      }
    }
  }
}

/** @throws RangeError for a blank text, by its place. */
export function refuseBlank(texts: readonly string[]): void {
  const blank = texts.findIndex((text) => text.trim() === '');
  if (blank !== -1) throw new RangeError(`texts[${blank}] is blank: there is nothing to embed.`);
}
