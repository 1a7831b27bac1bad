/** A picture that is being made: `rgb24`, row-major. */
export type Canvas = Uint8Array;

/** Size of all pictures of a film. */
export type Size = { readonly width: number; readonly height: number };

/** A rectangle in pixels, right and bottom outside. */
export type Box = {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
};

/** Paints a rectangle, as far as it lies inside. */
export function paint(canvas: Canvas, size: Size, box: Box, colour: readonly number[]): void {
  const left = Math.max(0, Math.round(box.left));
  const right = Math.min(size.width, Math.round(box.right));
  const bottom = Math.min(size.height, Math.round(box.bottom));
  for (let y = Math.max(0, Math.round(box.top)); y < bottom; y++) {
    for (let at = (y * size.width + left) * 3; at < (y * size.width + right) * 3; at += 3) {
      canvas[at] = colour[0] as number;
      canvas[at + 1] = colour[1] as number;
      canvas[at + 2] = colour[2] as number;
    }
  }
}

/** One colour all over. */
export function plain(size: Size, colour: readonly number[]): Canvas {
  const canvas = new Uint8Array(size.width * size.height * 3);
  paint(canvas, size, { left: 0, top: 0, right: size.width, bottom: size.height }, colour);
  return canvas;
}

/** A new picture of each value's image under a function, clamped. */
export function mapValues(canvas: Canvas, change: (value: number) => number): Canvas {
  const table = Uint8Array.from({ length: 256 }, (_, value) =>
    Math.max(0, Math.min(255, Math.round(change(value)))),
  );
  return canvas.map((value) => table[value] as number);
}

/** Share `part` of the second picture over the first. */
export function blend(first: Canvas, second: Canvas, part: number): Canvas {
  const canvas = new Uint8Array(first.length);
  for (let at = 0; at < canvas.length; at++)
    canvas[at] = (first[at] as number) * (1 - part) + (second[at] as number) * part + 0.5;
  return canvas;
}

/** Mean absolute difference over every seventh value. */
export function canvasDifference(first: Canvas, second: Canvas): number {
  let [sum, count] = [0, 0];
  for (let at = 0; at < first.length; at += 7, count++)
    sum += Math.abs((first[at] as number) - (second[at] as number));
  return sum / count;
}

/** Where a camera looks: centre and size as shares of the source picture. */
export type View = { readonly x: number; readonly y: number; readonly scale: number };

/** The part of a source picture that a view shows, stretched to the size of the film with straight lines between pixels. */
export function lookAt(
  source: Canvas,
  from: Size,
  size: Size,
  view: View,
  isMirrored: boolean,
): Canvas {
  const shape = Math.min(from.width / size.width, from.height / size.height) * view.scale;
  const [spanX, spanY] = [size.width * shape, size.height * shape];
  const left = clamp(view.x * from.width - spanX / 2, 0, from.width - spanX);
  const top = clamp(view.y * from.height - spanY / 2, 0, from.height - spanY);
  const canvas = new Uint8Array(size.width * size.height * 3);
  for (let y = 0, at = 0; y < size.height; y++) {
    const row = clamp(top + (y + 0.5) * shape - 0.5, 0, from.height - 1.001);
    const [upper, down] = [Math.floor(row), row % 1];
    for (let x = 0; x < size.width; x++, at += 3) {
      const over = isMirrored ? size.width - 1 - x : x;
      const column = clamp(left + (over + 0.5) * shape - 0.5, 0, from.width - 1.001);
      const [near, right] = [Math.floor(column), column % 1];
      const first = (upper * from.width + near) * 3;
      const second = first + from.width * 3;
      for (let channel = 0; channel < 3; channel++) {
        const above =
          (source[first + channel] as number) * (1 - right) +
          (source[first + channel + 3] as number) * right;
        const below =
          (source[second + channel] as number) * (1 - right) +
          (source[second + channel + 3] as number) * right;
        canvas[at + channel] = above * (1 - down) + below * down + 0.5;
      }
    }
  }
  return canvas;
}

/** A value, or the nearest end of a stretch. */
export function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
