/** One measured number. */
export type Measurement = {
  /** What was measured, in parts: `content/all`. */
  readonly case: string;
  readonly metric: string;
  readonly value: number;
  /** `frames/s`, `ratio`, `count`, …; `ratio` for shares and quotients. */
  readonly unit: string;
  /** Where the field's best stands, where there is such a figure. */
  readonly goal?: number;
};

/** What a bench is told. */
export type BenchOptions = {
  /** Folder of videos with `truth/` in it, instead of the bench's own. */
  readonly media?: string;
  /** `shots`: measures one detector instead of all. */
  readonly detector?: string;
  /** `shots`: path of TransNetV2 as an ONNX file. */
  readonly transnet?: string;
  /** Says on stderr what is going on. */
  readonly say: (line: string) => void;
};

/** A measurement, not a test: it throws only when it could not measure. */
export type Bench = (options: BenchOptions) => Promise<readonly Measurement[]>;

/** A named number in a case; `goal` is left out where there is none. */
export function measured(
  name: string,
  metric: string,
  value: number,
  unit: string,
  goal?: number,
): Measurement {
  return {
    case: name,
    metric,
    value: Number(value.toPrecision(5)),
    unit,
    ...(goal === undefined ? {} : { goal }),
  };
}
