import { blend, type Canvas } from './canvas.js';
import type { Rgb, Shape, Vector } from './film-spec.js';

// Bound once: inside Jest, where most films are drawn, each look-up of a global costs a call.
const { ceil, cos, floor, hypot, max, min, sin, sqrt } = Math;

/** Corners on a circle around the origin, the first at the top; `radii` repeat. */
function corners(count: number, radii: readonly number[], turn = 0): readonly Vector[] {
  return Array.from({ length: count }, (_, corner) => {
    const angle = -Math.PI / 2 + turn + (corner / count) * 2 * Math.PI;
    const radius = radii[corner % radii.length] ?? 1;
    return [cos(angle) * radius, sin(angle) * radius];
  });
}

/** Radii chosen so that the shapes of one size look equally large. */
const POLYGONS: Readonly<Record<Exclude<Shape, 'circle'>, readonly Vector[]>> = {
  square: corners(4, [Math.SQRT2 * 0.9], Math.PI / 4),
  triangle: corners(3, [1.25]),
  star: corners(10, [1.2, 0.5]),
};

/** Farther than anything in a picture, in radii, squared. */
const FAR = 1e9;

/**
 * Distance of a point from a polygon's outline, negative inside. After Inigo Quilez, "2D distance functions", sdPolygon.
 */
function polygonDistance(polygon: readonly Vector[], x: number, y: number): number {
  let squared = FAR;
  let sign = 1;
  let [previousX, previousY] = polygon.at(-1) ?? [0, 0];
  for (const [cornerX, cornerY] of polygon) {
    const edgeX = previousX - cornerX;
    const edgeY = previousY - cornerY;
    const toX = x - cornerX;
    const toY = y - cornerY;
    const along = (toX * edgeX + toY * edgeY) / (edgeX * edgeX + edgeY * edgeY);
    const share = min(1, max(0, along));
    squared = min(squared, (toX - edgeX * share) ** 2 + (toY - edgeY * share) ** 2);
    const isLeft = edgeX * toY > edgeY * toX;
    if (y >= cornerY && y < previousY && isLeft) sign = -sign;
    if (y < cornerY && y >= previousY && !isLeft) sign = -sign;
    [previousX, previousY] = [cornerX, cornerY];
  }
  return sign * sqrt(squared);
}

function distance(shape: Shape, x: number, y: number): number {
  return shape === 'circle' ? hypot(x, y) - 1 : polygonDistance(POLYGONS[shape], x, y);
}

/** Draws a filled shape with smooth edges; centre and radius in pixels, parts outside the picture are left out. */
export function drawShape(
  target: Canvas,
  shape: Shape,
  place: { readonly centre: Vector; readonly radius: number; readonly colour: Rgb },
): void {
  const { centre, radius, colour } = place;
  const [centreX, centreY] = centre;
  const reach = radius * 1.4 + 1;
  const endX = min(target.width, ceil(centreX + reach));
  const endY = min(target.height, ceil(centreY + reach));
  for (let y = max(0, floor(centreY - reach)); y < endY; y++) {
    for (let x = max(0, floor(centreX - reach)); x < endX; x++) {
      const pixels =
        distance(shape, (x + 0.5 - centreX) / radius, (y + 0.5 - centreY) / radius) * radius;
      const coverage = min(1, max(0, 0.5 - pixels));
      if (coverage > 0) blend(target, y * target.width + x, colour, coverage);
    }
  }
}
