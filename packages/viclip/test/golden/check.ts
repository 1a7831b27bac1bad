/** One comparison with a reference number. */
export type GoldenCheck = {
  /** What was compared, in parts: `tiny/onnx/vision.block0`. */
  readonly name: string;
  /** Largest deviation found. NaN where something is missing. */
  readonly worst: number;
  /** Largest deviation allowed. */
  readonly tolerance: number;
};

/** Whether a comparison holds. */
export function holds({ worst, tolerance }: GoldenCheck): boolean {
  return worst <= tolerance;
}

/** Largest absolute difference of two rows of numbers; NaN where their lengths differ. */
export function furthest(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Number.NaN;
  let worst = 0;
  for (let index = 0; index < found.length; index++) {
    const gap = Math.abs(found[index]! - expected[index]!);
    // Math.max would lose a NaN in the middle of a row.
    if (!(gap <= worst)) worst = gap;
  }
  return worst;
}

/** 1 - cosine, in double precision. */
export function angle(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [ab, aa, bb] = [dot(a, b), dot(a, a), dot(b, b)];
  return 1 - ab / Math.sqrt(aa * bb);
}

/** Cosine of every row of `a` with every row of `b`, row-major. */
export function cosines(a: ArrayLike<number>, b: ArrayLike<number>, width: number): number[] {
  const rows = (values: ArrayLike<number>): number[][] =>
    Array.from({ length: values.length / width }, (_, row) =>
      Array.from({ length: width }, (__, column) => values[row * width + column]!),
    );
  return rows(a).flatMap((left) => rows(b).map((right) => 1 - angle(left, right)));
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}
