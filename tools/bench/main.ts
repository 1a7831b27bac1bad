import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { findFfmpeg } from '@internvid/core/media';
import type { Bench, Measurement } from './bench.js';

/** Every bench that there is. */
const BENCHES: Readonly<Record<string, () => Promise<{ readonly bench: Bench }>>> = {
  captions: () => import('./captions.js'),
  cut: () => import('./cut.js'),
  dedup: () => import('./dedup.js'),
  'dedup-scale': () => import('./dedup-scale.js'),
  export: () => import('./export.js'),
  memory: () => import('./memory.js'),
  run: () => import('./run.js'),
  search: () => import('./search.js'),
  select: () => import('./select.js'),
  shots: () => import('./shots.js'),
  speech: () => import('./speech.js'),
  train: () => import('./train.js'),
  viclip: () => import('./viclip.js'),
};

// onnxruntime would report what benches run to its makers.
process.env['ORT_DISABLE_TELEMETRY'] ??= '1';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    media: { type: 'string' },
    detector: { type: 'string' },
    transnet: { type: 'string' },
  },
});
const name = positionals[0] ?? '';
const load = BENCHES[name];
if (load === undefined) {
  console.error(`There is no bench "${name}". Benches: ${Object.keys(BENCHES).join(', ')}.`);
  process.exit(2);
}
const { bench } = await load();
const { json, ...told } = values;
const measurements = await bench({
  ...told,
  say: (line) => console.error(line),
});
if (json) console.log(JSON.stringify(measurements));
else printTable(measurements);

function printTable(rows: readonly Measurement[]): void {
  const widest = Math.max(...rows.map((row) => row.case.length));
  for (const { case: measuredCase, metric, value, unit, goal } of rows) {
    const aim = goal === undefined ? '' : `  goal ${goal}`;
    console.log(
      `${measuredCase.padEnd(widest)}  ${metric.padEnd(24)} ${String(value).padStart(9)} ${unit}${aim}`,
    );
  }
  const [processor] = cpus();
  console.log(
    `\nmachine: ${cpus().length} cores, ${processor?.model ?? 'unknown'}, node ${process.version}, ${ffmpegVersion()}`,
  );
  const flags = Object.entries(told).map(([flag, value]) => ` --${flag} ${value}`);
  console.log(`command: npm run bench:${name}${flags.length === 0 ? '' : ` --${flags.join('')}`}`);
}

function ffmpegVersion(): string {
  return (
    execFileSync(findFfmpeg('ffmpeg').path, ['-version'], { encoding: 'utf8' }).split('\n')[0] ?? ''
  );
}
