/**
 * Reads exports and tables with the Python libraries that people use and compares what they read, row by row.
 *
 *   npm run check:readers                      a small drawn dataset, exported in every form
 *   npm run check:readers -- --dataset DIR     the exports and tables of a real one
 *   npm run check:readers -- --keep            leaves the virtual environment and the drawn dataset where they are
 *
 * Needs python3 with venv, a package index and ffmpeg. Exits with 1 when any reader differs, fails or finds another count.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';

import { canonicalJson, countRows, fileStore, type JsonObject, type Store } from '@internvid/core';
import {
  readExportManifest,
  readGeneratedManifest,
  validateExport,
  validateGenerated,
  type ExportFormat,
} from '@internvid/generation';

import { drawDataset, type DrawnTruth } from './readers/draw-dataset.js';

const READERS: Readonly<Record<ExportFormat, readonly string[]>> = {
  webdataset: ['standard_library', 'webdataset', 'datasets'],
  jsonl: ['standard_library', 'pandas', 'pyarrow', 'duckdb', 'datasets'],
  parquet: ['pyarrow', 'pandas', 'duckdb', 'datasets'],
};

/** pyarrow 26.0.1 moves values past nulls inside lists, which this form has. */
const OBELICS_READERS = ['standard_library', 'pandas', 'duckdb', 'datasets'] as const;

const EXTENSIONS: Readonly<Record<ExportFormat, string>> = {
  parquet: '.parquet',
  jsonl: '.jsonl',
  webdataset: '.tar',
};

/** Files that are read as one, how many rows they must have, and what must be true of the rows. */
type FileSet = {
  readonly name: string;
  readonly format: ExportFormat;
  /** Default: all of the format. */
  readonly readers?: readonly string[];
  readonly files: readonly string[];
  readonly rows: number;
  readonly findings: readonly string[];
};

type Reading = { readonly version: string; readonly rows: readonly JsonObject[] };
type Verdict = {
  readonly files: string;
  readonly reader: string;
  readonly rows: string;
  readonly result: string;
};

const run = promisify(execFile);

const { values: flags } = parseArgs({
  options: { dataset: { type: 'string' }, keep: { type: 'boolean', default: false } },
});
const workplace = await mkdtemp(join(tmpdir(), 'internvid-readers-'));
try {
  const python = await virtualEnvironment(join(workplace, 'venv'));
  const directory = flags.dataset ?? join(workplace, 'dataset');
  const store = fileStore(directory);
  const truth = flags.dataset === undefined ? await drawDataset(store) : undefined;
  const verdicts: Verdict[] = [];
  for await (const set of fileSets(store))
    verdicts.push(...(await judge(set, python, directory, truth)));
  console.table(verdicts);
  const wrong = verdicts.filter(({ result }) => result !== 'same');
  console.log(`${verdicts.length - wrong.length} readings agree, ${wrong.length} do not.`);
  if (wrong.length > 0 || verdicts.length === 0) process.exitCode = 1;
} finally {
  if (flags.keep) console.log(`Kept: ${workplace}`);
  else await rm(workplace, { recursive: true, force: true });
}

async function virtualEnvironment(directory: string): Promise<string> {
  await run('python3', ['-m', 'venv', directory]);
  const requirements = fileURLToPath(new URL('./readers/requirements.txt', import.meta.url));
  await run(join(directory, 'bin', 'pip'), ['install', '--quiet', '--requirement', requirements]);
  return join(directory, 'bin', 'python');
}

async function* fileSets(store: Store): AsyncGenerator<FileSet> {
  const exports = new Set<string>();
  const generated = new Set<string>();
  const tables = new Map<string, string[]>();
  for await (const { key } of store.list('')) {
    const [top, name = '', ...rest] = key.split('/');
    if (top === 'exports') exports.add(name);
    if (top === 'generated') generated.add(name);
    if (top === 'tables' && rest.length > 0) tables.set(name, [...(tables.get(name) ?? []), key]);
  }
  for (const name of exports) yield await exportSet(store, `exports/${name}`);
  for (const name of generated) yield* generatedSets(store, `generated/${name}`);
  for (const [name, files] of tables) {
    let rows = 0;
    for (const file of files) rows += await countRows(store, file);
    yield { name: `tables/${name}`, format: 'parquet', files, rows, findings: [] };
  }
}

/** The table, the lines and the tars of each kind of set, each kind of file read as one. */
async function* generatedSets(store: Store, prefix: string): AsyncGenerator<FileSet> {
  const findings: string[] = [];
  for await (const { file, problem } of validateGenerated(store, prefix))
    findings.push(`${file}: ${problem}`);
  const manifest = await readGeneratedManifest(store, prefix);
  const files = manifest?.files ?? [];
  const readers = manifest?.format === 'obelics' ? { readers: OBELICS_READERS } : {};
  for (const [format, extension] of Object.entries(EXTENSIONS) as [ExportFormat, string][]) {
    const read = files.filter(({ name }) => name.endsWith(extension));
    for (const of of format === 'webdataset' ? [read] : read.map((file) => [file])) {
      if (of.length === 0) continue;
      yield {
        name: `${prefix} ${of.length === 1 ? (of[0]?.name ?? '') : `*${extension}`}`,
        format,
        ...readers,
        files: of.map(({ name }) => `${prefix}/${name}`),
        rows: of.reduce((sum, { samples = 0 }) => sum + samples, 0),
        findings: findings.splice(0),
      };
    }
  }
}

async function exportSet(store: Store, prefix: string): Promise<FileSet> {
  const findings: string[] = [];
  for await (const { file, problem } of validateExport(store, prefix))
    findings.push(`${file}: ${problem}`);
  const manifest = await readExportManifest(store, prefix);
  if (manifest === undefined)
    return { name: prefix, format: 'jsonl', files: [], rows: 0, findings };
  const files = manifest.files
    .filter((file) => file.samples !== undefined)
    .map((file) => `${prefix}/${file.name}`);
  return { name: prefix, format: manifest.format, files, rows: manifest.samples, findings };
}

async function judge(
  set: FileSet,
  python: string,
  directory: string,
  truth: DrawnTruth | undefined,
): Promise<readonly Verdict[]> {
  const paths = set.files.map((file) => join(directory, file));
  const verdicts: Verdict[] = set.findings.map((result) =>
    verdict(set.name, 'validateExport', 0, result),
  );
  let first: Reading | undefined;
  for (const reader of set.readers ?? READERS[set.format]) {
    const reading = await read(python, reader, set.format, paths).catch((error: unknown) =>
      String(error),
    );
    if (typeof reading === 'string') {
      verdicts.push(verdict(set.name, reader, 0, reading));
      continue;
    }
    first ??= reading;
    const result =
      difference(reading, first) ??
      wrongCount(reading, set) ??
      untrue(reading, set, truth) ??
      'same';
    verdicts.push(verdict(set.name, `${reader} ${reading.version}`, reading.rows.length, result));
  }
  return verdicts;
}

function verdict(files: string, reader: string, rows: number, result: string): Verdict {
  return { files, reader, rows: String(rows), result };
}

async function read(
  python: string,
  reader: string,
  format: ExportFormat,
  paths: readonly string[],
): Promise<Reading> {
  const script = fileURLToPath(new URL(`./readers/with_${reader}.py`, import.meta.url));
  const { stdout } = await run(python, ['-B', script, format, ...paths], { maxBuffer: 2 ** 30 });
  return JSON.parse(stdout) as Reading;
}

/** The first row that is not the same, by its number and column. */
function difference(reading: Reading, first: Reading): string | undefined {
  for (const [index, row] of reading.rows.entries()) {
    const other = first.rows[index] ?? {};
    const names = new Set([...Object.keys(row), ...Object.keys(other)]);
    const wrong = [...names].filter(
      (name) => canonicalJson(row[name] ?? null) !== canonicalJson(other[name] ?? null),
    );
    if (wrong.length > 0) return `row ${index} differs in ${wrong.join(', ')}`;
  }
  return undefined;
}

function wrongCount({ rows }: Reading, set: FileSet): string | undefined {
  return rows.length === set.rows ? undefined : `${set.rows} rows were written`;
}

/** Whether the rows say what was drawn. */
function untrue(
  { rows }: Reading,
  { name }: FileSet,
  truth: DrawnTruth | undefined,
): string | undefined {
  const drawnRows = truth?.get(name.split(' ')[0] ?? '') ?? [];
  for (const [index, drawn] of drawnRows.entries()) {
    const row = (rows[index] ?? {}) as Record<string, JsonObject>;
    const cells: JsonObject = { ...row, ...row.json };
    const wrong = Object.keys(drawn).filter(
      (column) => canonicalJson(cells[column] ?? null) !== canonicalJson(drawn[column] ?? null),
    );
    if (wrong.length > 0) return `row ${index} is not what was drawn: ${wrong.join(', ')}`;
  }
  return undefined;
}
