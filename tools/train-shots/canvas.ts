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

/** Where a camera looks: centre and size as shares of the source picture, turned by an angle in radians. */
export type View = {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  readonly angle?: number;
};

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
  const centre = { x: left + spanX / 2, y: top + spanY / 2 };
  const [cos, sin] = [Math.cos(view.angle ?? 0) * shape, Math.sin(view.angle ?? 0) * shape];
  const canvas = new Uint8Array(size.width * size.height * 3);
  for (let y = 0, at = 0; y < size.height; y++) {
    const down = y + 0.5 - size.height / 2;
    for (let x = 0; x < size.width; x++, at += 3) {
      const across = (isMirrored ? size.width - 1 - x : x) + 0.5 - size.width / 2;
      const column = centre.x + across * cos - down * sin;
      sample(source, from, column - 0.5, centre.y + across * sin + down * cos - 0.5, canvas, at);
    }
  }
  return canvas;
}

/** Straight lines between the four pixels around a place; outside the picture its edge goes on. */
function sample(
  source: Canvas,
  { width, height }: Size,
  x: number,
  y: number,
  canvas: Canvas,
  at: number,
): void {
  const [column, row] = [clamp(x, 0, width - 1.001), clamp(y, 0, height - 1.001)];
  const [near, upper] = [Math.floor(column), Math.floor(row)];
  const [right, lower] = [column - near, row - upper];
  const first = (upper * width + near) * 3;
  const second = first + width * 3;
  for (let channel = 0; channel < 3; channel++) {
    const above =
      (source[first + channel] as number) * (1 - right) +
      (source[first + channel + 3] as number) * right;
    const below =
      (source[second + channel] as number) * (1 - right) +
      (source[second + channel + 3] as number) * right;
    canvas[at + channel] = above * (1 - lower) + below * lower + 0.5;
  }
}

/** A value, or the nearest end of a stretch. */
export function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
