/**
 * Reads a time or a length in any of the forms that tables and published manifests use, as whole milliseconds rounded down:
 * seconds as a number or digits (`12`, `12.5`), clock times with or without hours (`1:02`, `0:00:13.123`, `00:01:51,578`), ISO 8601
 * lengths (`PT00H00M10S`, `PT1M2.5S`) and lengths with units (`1h2m3s`, `45s`, `1500ms`). Fractions are read digit by digit, so no
 * millisecond is lost to floating point.
 *
 * @returns undefined for anything else, negative times and minutes or seconds above 59 on a clock included.
 */
export function parseTime(value: unknown): number | undefined {
  if (typeof value === 'number') return fromSeconds(decimalText(value));
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return fromSeconds(text) ?? fromClock(text) ?? fromUnits(text);
}

/** Plain digits of a number: no exponent, which `String` writes for very small and very large ones. */
function decimalText(value: number): string {
  return Number.isFinite(value) ? value.toFixed(9) : '';
}

function fromSeconds(text: string): number | undefined {
  const match = /^(\d{1,9})(?:\.(\d*))?$/.exec(text);
  return match === null ? undefined : Number(match[1]) * 1000 + thousandths(match[2]);
}

function fromClock(text: string): number | undefined {
  const match = /^(?:(\d{1,6}):)?(\d{1,2}):([0-5]?\d)(?:[.,](\d*))?$/.exec(text);
  if (match === null) return undefined;
  const [, hours, minutes, seconds, fraction] = match;
  if (hours !== undefined && Number(minutes) > 59) return undefined;
  const whole = Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(seconds);
  return whole * 1000 + thousandths(fraction);
}

const UNITS =
  /^(?:PT?)?(?:(\d{1,6})\s*h)?\s*(?:(\d{1,9})\s*m(?!s))?\s*(?:(\d{1,9})(?:\.(\d*))?\s*s)?\s*(?:(\d{1,12})\s*ms)?$/i;

function fromUnits(text: string): number | undefined {
  const match = UNITS.exec(text);
  if (match === null || !/\d/.test(text)) return undefined;
  const [, hours = 0, minutes = 0, seconds = 0, fraction, ms = 0] = match;
  const whole = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return whole * 1000 + thousandths(fraction) + Number(ms);
}

function thousandths(fraction = ''): number {
  return Number(fraction.slice(0, 3).padEnd(3, '0'));
}
