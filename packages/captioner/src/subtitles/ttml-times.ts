/** How a TTML file counts its times, see TTML2 section 12.3. */
export type TtmlClock = {
  /** Frames in a second, with the multiplier. */
  readonly frameRate: number;
  readonly subFrameRate: number;
  readonly ticksPerSecond: number;
};

const SECOND_MS = 1_000;
const UNITS: Readonly<Record<string, number>> = { h: 3_600, m: 60, s: 1, ms: 0.001 };

/** The clock that the attributes of `tt` set, by their names without prefix; what they do not say as the standard sets it. */
export function ttmlClock(attributes: Readonly<Record<string, string>>): TtmlClock {
  const rate = positive(attributes['frameRate']);
  const subFrameRate = positive(attributes['subFrameRate']) ?? 1;
  const [numerator, denominator] = (attributes['frameRateMultiplier'] ?? '')
    .split(/[\s:]+/, 2)
    .map(positive);
  const multiplier =
    numerator === undefined || denominator === undefined ? 1 : numerator / denominator;
  return {
    frameRate: (rate ?? 30) * multiplier,
    subFrameRate,
    ticksPerSecond:
      positive(attributes['tickRate']) ?? (rate === undefined ? 1 : rate * subFrameRate),
  };
}

/**
 * A time in milliseconds: of the clock (`00:01:02.5`, `00:01:02:12` with frames, `.1` of them), or an offset (`12.5s`, `90f`, `1000t`).
 *
 * @returns undefined for anything else.
 */
export function ttmlTime(text: string | undefined, clock: TtmlClock): number | undefined {
  const { frameRate, subFrameRate, ticksPerSecond } = clock;
  const expression = text?.trim() ?? '';
  const offset = /^(\d{1,15}(?:\.\d{1,15})?)(h|m|s|ms|f|t)$/.exec(expression);
  if (offset !== null) {
    const [, count = '', unit = ''] = offset;
    const seconds =
      unit === 'f'
        ? Number(count) / frameRate
        : unit === 't'
          ? Number(count) / ticksPerSecond
          : Number(count) * (UNITS[unit] ?? 0);
    return Math.round(seconds * SECOND_MS);
  }
  const parts =
    /^(\d{1,5}):(\d{1,2}):(\d{1,2})(?:(\.\d{1,15})|[:;](\d{1,4})(?:\.(\d{1,4}))?)?$/.exec(
      expression,
    );
  if (parts === null) return undefined;
  const [, hours, minutes, seconds, fraction = '0', frames = '0', subFrames = '0'] = parts;
  if (Number(minutes) > 59 || Number(seconds) > 60) return undefined;
  const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  const part = (Number(frames) + Number(subFrames) / subFrameRate) / frameRate;
  return Math.round((whole + Number(fraction) + part) * SECOND_MS);
}

function positive(text: string | undefined): number | undefined {
  const value = Number(text);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}
