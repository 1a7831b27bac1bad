import type { Picture } from '@internvid/core/media';

/** Side of the blocks that are judged, in pixels. */
const BLOCK = 16;
/** In a combed block neighbouring lines differ by so much more than lines two apart, which were taken at one moment. */
const MORE = 1.3;
/** … and by more than this on average, in grey levels. */
const LEAST = 4;

/**
 * Share of the blocks of a `gray8` picture that are combed: lines of two moments woven into one picture, something moving between them.
 * In any other picture lines two apart differ more than neighbours. The picture must have the height at which it was woven; its width
 * does not matter.
 */
export function combedShare({ width, height, data }: Picture): number {
  let combed = 0;
  let blocks = 0;
  for (let top = 0; top + BLOCK + 2 <= height; top += BLOCK) {
    for (let left = 0; left + BLOCK <= width; left += BLOCK) {
      blocks++;
      if (isCombed(data, width, top * width + left)) combed++;
    }
  }
  return blocks === 0 ? 0 : combed / blocks;
}

function isCombed(data: Uint8Array, width: number, corner: number): boolean {
  let next = 0;
  let afterNext = 0;
  for (let row = corner; row < corner + BLOCK * width; row += width) {
    for (let at = row; at < row + BLOCK; at++) {
      const here = data[at] as number;
      next += Math.abs(here - (data[at + width] as number));
      afterNext += Math.abs(here - (data[at + 2 * width] as number));
    }
  }
  return next > LEAST * BLOCK * BLOCK && next > MORE * afterNext;
}
