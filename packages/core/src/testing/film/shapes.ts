import { blend, type Canvas } from './canvas.js';
import type { Rgb, Shape, Vector } from './film-spec.js';

/** Corners on a circle around the origin, the first at the top; `radii` repeat. */
function corners(count: number, radii: readonly number[], turn = 0): readonly Vector[] {
  return Array.from({ length: count }, (_, corner) => {
    const angle = -Math.PI / 2 + turn + (corner / count) * 2 * Math.PI;
    const radius = radii[corner % radii.length] ?? 1;
    return [Math.cos(angle) * radius, Math.sin(angle) * radius];
  });
}

/** Radii chosen so that the shapes of one size look equally large. */
const POLYGONS: Readonly<Record<Exclude<Shape, 'circle'>, readonly Vector[]>> = {
  square: corners(4, [Math.SQRT2 * 0.9], Math.PI / 4),
  triangle: corners(3, [1.25]),
  star: corners(10, [1.2, 0.5]),
};

/**
 * Distance of a point from a polygon's outline, negative inside. After Inigo Quilez, "2D distance functions", sdPolygon.
 */
function polygonDistance(polygon: readonly Vector[], x: number, y: number): number {
  let squared = Infinity;
  let sign = 1;
  let [previousX, previousY] = polygon.at(-1) ?? [0, 0];
  for (const [cornerX, cornerY] of polygon) {
    const edgeX = previousX - cornerX;
    const edgeY = previousY - cornerY;
    const toX = x - cornerX;
    const toY = y - cornerY;
    const along = (toX * edgeX + toY * edgeY) / (edgeX * edgeX + edgeY * edgeY);
    const share = Math.min(1, Math.max(0, along));
    squared = Math.min(squared, (toX - edgeX * share) ** 2 + (toY - edgeY * share) ** 2);
    const crosses = [y >= cornerY, y < previousY, edgeX * toY > edgeY * toX];
    if (crosses.every(Boolean) || !crosses.some(Boolean)) sign = -sign;
    [previousX, previousY] = [cornerX, cornerY];
  }
  return sign * Math.sqrt(squared);
}

function distance(shape: Shape, x: number, y: number): number {
  return shape === 'circle' ? Math.hypot(x, y) - 1 : polygonDistance(POLYGONS[shape], x, y);
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
  const endX = Math.min(target.width, Math.ceil(centreX + reach));
  const endY = Math.min(target.height, Math.ceil(centreY + reach));
  for (let y = Math.max(0, Math.floor(centreY - reach)); y < endY; y++) {
    for (let x = Math.max(0, Math.floor(centreX - reach)); x < endX; x++) {
      const pixels =
        distance(shape, (x + 0.5 - centreX) / radius, (y + 0.5 - centreY) / radius) * radius;
      const coverage = Math.min(1, Math.max(0, 0.5 - pixels));
      if (coverage > 0) blend(target, y * target.width + x, colour, coverage);
    }
  }
}
