import type { Box } from './pictures.js';

/** Settings of the published PP-OCR detector's own post-processing (PaddleOCR, `DBPostProcess`). */
const PIXEL_THRESHOLD = 0.3;
const REGION_THRESHOLD = 0.6;
const UNCLIP_RATIO = 1.5;
const MIN_SIDE = 3;

/**
 * Boxes of text lines in a map of text probabilities, in pixels of the map, in reading order.
 *
 * "Real-time Scene Text Detection with Differentiable Binarization" (arXiv 1911.08947): the network is trained on text
 * regions that were shrunk by area x (1 - 0.4²) / perimeter, so each found region is grown back. Boxes are upright:
 * slanted text comes out in a box too large to be read with confidence.
 *
 * @param map one probability per pixel, row-major.
 */
export function textRegions(map: Float32Array, width: number, height: number): readonly Box[] {
  const regions = components(map, width, height)
    .filter(
      (region) => Math.min(region.right - region.left, region.bottom - region.top) + 1 >= MIN_SIDE,
    )
    .filter((region) => region.sum / region.pixels >= REGION_THRESHOLD)
    .map((region) => grown(region, width, height));
  return regions.sort(byReadingOrder);
}

type Component = {
  left: number;
  top: number;
  right: number;
  bottom: number;
  sum: number;
  pixels: number;
};

/** Areas of neighbouring pixels (eight neighbours) above the threshold. */
function components(map: Float32Array, width: number, height: number): readonly Component[] {
  // Many times as fast as `Uint8Array.from` with a function.
  const open = new Uint8Array(map.length);
  for (let at = 0; at < map.length; at++) open[at] = (map[at] ?? 0) > PIXEL_THRESHOLD ? 1 : 0;
  const found: Component[] = [];
  for (let start = open.indexOf(1); start >= 0; start = open.indexOf(1, start + 1)) {
    found.push(flood(open, map, width, height, start));
  }
  return found;
}

function flood(
  open: Uint8Array,
  map: Float32Array,
  width: number,
  height: number,
  start: number,
): Component {
  const component: Component = { left: width, top: height, right: 0, bottom: 0, sum: 0, pixels: 0 };
  const pending = [start];
  open[start] = 0;
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const x = at % width;
    const y = Math.floor(at / width);
    component.left = Math.min(component.left, x);
    component.right = Math.max(component.right, x);
    component.top = Math.min(component.top, y);
    component.bottom = Math.max(component.bottom, y);
    component.sum += map[at] ?? 0;
    component.pixels++;
    for (let nextY = Math.max(0, y - 1); nextY <= Math.min(height - 1, y + 1); nextY++) {
      for (let nextX = Math.max(0, x - 1); nextX <= Math.min(width - 1, x + 1); nextX++) {
        const next = nextY * width + nextX;
        if (open[next] !== 1) continue;
        open[next] = 0;
        pending.push(next);
      }
    }
  }
  return component;
}

function grown({ left, top, right, bottom }: Component, width: number, height: number): Box {
  const [regionWidth, regionHeight] = [right - left + 1, bottom - top + 1];
  const by = (regionWidth * regionHeight * UNCLIP_RATIO) / (2 * (regionWidth + regionHeight));
  const [fromX, fromY] = [Math.max(0, Math.floor(left - by)), Math.max(0, Math.floor(top - by))];
  const [toX, toY] = [
    Math.min(width, Math.ceil(right + 1 + by)),
    Math.min(height, Math.ceil(bottom + 1 + by)),
  ];
  return [fromX, fromY, toX - fromX, toY - fromY];
}

/** Lines from top to bottom; boxes whose middles are within half a line of each other are one line, left to right. */
function byReadingOrder(a: Box, b: Box): number {
  const apart = a[1] + a[3] / 2 - (b[1] + b[3] / 2);
  return Math.abs(apart) < Math.min(a[3], b[3]) / 2 ? a[0] - b[0] : apart;
}
