/**
 * Rows of a table with commas or another separator: fields in quotes may hold separators, line breaks and doubled quotes
 * (RFC 4180). Empty lines are skipped; a byte-order mark is too.
 */
export function parseCsv(text: string, separator = ','): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let isQuoted = false;
  const endField = (): void => {
    row.push(field);
    field = '';
  };
  const endRow = (): void => {
    endField();
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  };
  const body = text.replace(/^\ufeff/, '');
  for (let place = 0; place < body.length; place++) {
    const character = body[place] ?? '';
    if (isQuoted) {
      if (character !== '"') field += character;
      else if (body[place + 1] === '"') field += body[++place] ?? '';
      else isQuoted = false;
    } else if (character === '"' && field === '') isQuoted = true;
    else if (character === separator) endField();
    else if (character === '\n') endRow();
    else if (character !== '\r' || body[place + 1] !== '\n') field += character;
  }
  endRow();
  return rows;
}

/**
 * The same by the names in the first row, without those that a row lacks.
 *
 * @throws RangeError when a wanted column is missing.
 */
export function parseCsvRecords(
  text: string,
  wanted: readonly string[],
): readonly Readonly<Record<string, string>>[] {
  const [header = [], ...rows] = parseCsv(text);
  const missing = wanted.filter((name) => !header.includes(name));
  if (missing.length > 0) throw new RangeError(`There is no column ${missing.join(', ')}.`);
  return rows.map((row) =>
    Object.fromEntries(
      row.flatMap((field, place) => (header[place] === undefined ? [] : [[header[place], field]])),
    ),
  );
}

/** A row as text, quoted where needed. */
export function csvLine(fields: readonly (string | number)[]): string {
  return fields
    .map((field) => {
      const text = String(field);
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    })
    .join(',');
}
