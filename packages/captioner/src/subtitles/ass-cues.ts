import { LONGEST_LINE, linesOf, timeOf, type ReadCues, type TimedLines } from './cue-lines.js';
import { cueText } from './cue-text.js';

/** Fields of an event where the file names none, as of ASS; those of SSA differ in the first alone. */
const FIELDS = 'layer,start,end,style,name,marginl,marginr,marginv,effect,text'.split(',');
/** Sections of encoded files, of which a line may look like anything. */
const ENCODED = /^\[(?:fonts|graphics)\]/i;

/**
 * Reads the dialogue of SubStation Alpha (SSA, ASS). Comments, drawings and override codes are left out; `\N` and `\n` break a line. Signs
 * that are translated on the screen are dialogue to the format, and so they are here.
 */
export function assCues(body: string): ReadCues {
  const cues: TimedLines[] = [];
  let faults = 0;
  let fields: readonly string[] = FIELDS;
  let isEncoded = false;
  for (const line of linesOf(body)) {
    if (line.startsWith('[')) isEncoded = ENCODED.test(line);
    if (isEncoded) continue;
    const [, kind = '', rest = ''] = /^\s{0,20}(Format|Dialogue)\s{0,20}:(.*)$/i.exec(line) ?? [];
    if (kind === '') continue;
    if (kind.toLowerCase() === 'format') {
      const named = rest.split(',').map((field) => field.trim().toLowerCase());
      // The format of styles has no times.
      if (named.includes('start') && named.at(-1) === 'text') fields = named;
      continue;
    }
    const cue = dialogue(rest, fields);
    if (cue === undefined) faults += 1;
    else cues.push(cue);
  }
  return { cues, faults };
}

/** One event; its text is its last field and may hold commas. */
function dialogue(rest: string, fields: readonly string[]): TimedLines | undefined {
  const values = rest.split(',', fields.length - 1);
  const text = rest.slice(values.join(',').length + 1);
  const valueOf = (name: string): number | undefined =>
    timeOf(values[fields.indexOf(name)]?.trim() ?? '');
  const [startMs, endMs] = [valueOf('start'), valueOf('end')];
  if (startMs === undefined || endMs === undefined || endMs <= startMs) return undefined;
  const lines = plainText(text)
    .split('\n')
    .map((line) => line.slice(0, LONGEST_LINE));
  const times = { startMs, endMs };
  return { ...times, ...cueText(lines, times, () => undefined) };
}

/** What of a text is read: no override codes, and nothing while they draw (`\p1`, until `\p0`). */
function plainText(text: string): string {
  let plain = '';
  let isDrawing = false;
  for (const [at, part] of text.split('{').entries()) {
    const end = at === 0 ? -1 : part.indexOf('}');
    // A brace that is not closed is text.
    const isOpen = at > 0 && end < 0;
    if (end >= 0)
      for (const [, scale] of part.slice(0, end).matchAll(/\\p(\d{1,3})/g))
        isDrawing = scale !== '0';
    if (!isDrawing) plain += isOpen ? `{${part}` : part.slice(end + 1);
  }
  return plain.replace(/\\[Nn]/g, '\n').replaceAll('\\h', ' ');
}
