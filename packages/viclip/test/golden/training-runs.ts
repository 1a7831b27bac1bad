import { gradientEngine } from '../../src/train/gradient-engine.js';
import type { TrainingEngine } from '../../src/train/graph-session.js';
import { clampTemperature, freshState } from '../../src/train/train-state.js';
import { viclipTrainer, type Trainer } from '../../src/train/trainer.js';
import { openSafetensors } from '../../src/weights/safetensors.js';
import { seededWeights } from '../../src/weights/seeded.js';
import type { Weights } from '../../src/weights/weights.js';
import { cosines, furthest, type GoldenCheck } from './check.js';
import {
  readRecorded,
  recordedFrames,
  recordedInputs,
  recordedPath,
  TRAINING_CONFIG,
  type Curves,
  type RecordedInputs,
} from './training-data.js';

/** Peak rate, updates and warm-up of the recorded updates. */
const SHORT = { learningRate: 4e-4, updates: 40, warmup: 2 } as const;

/** The model is too small for more. */
const ONE_THREAD = { threads: 1 } as const;

/** The README's limits for float32. A temperature may be off by its rounding, up to 2e-8 below 1. */
const LIMITS = { gradient: 5e-5, stepLoss: 3e-4, weights: 5e-5, curve: 1e-4 };

type RecordedRun = {
  readonly text_frozen: boolean;
  readonly max_grad_norm: number;
  readonly losses: readonly number[];
  readonly grad_norms: readonly number[];
  readonly lrs: readonly number[];
  readonly temp_after: readonly number[];
};

/** Three updates on one batch: with all trained, with a frozen text tower, and with clipping. */
export async function checkUpdates(engine: TrainingEngine): Promise<readonly GoldenCheck[]> {
  const runs = readRecorded('adamw.json') as Readonly<Record<string, RecordedRun>>;
  const checks: GoldenCheck[] = [];
  for (const name of ['trained', 'frozen', 'clip1']) {
    checks.push(...(await compareRun(name, runs[name]!, engine)));
  }
  return checks;
}

async function compareRun(
  name: string,
  run: RecordedRun,
  engine: TrainingEngine,
): Promise<readonly GoldenCheck[]> {
  const { clips, tokens } = readRecorded('inputs.json') as RecordedInputs;
  const batch = {
    frames: recordedFrames(clips),
    texts: { tokens: Int32Array.from(tokens.flat()) },
  };
  await using trainer = await viclipTrainer(
    seededWeights(TRAINING_CONFIG),
    {
      schedule: SHORT,
      maskRatio: 0,
      trainsText: !run.text_frozen,
      ...(run.max_grad_norm > 0 ? { maxGradientNorm: run.max_grad_norm } : {}),
    },
    { engine, ...ONE_THREAD },
  );
  const reports = [];
  const temperatures: number[] = [];
  const checks: GoldenCheck[] = [];
  for (let step = 1; step <= 3; step++) {
    reports.push(await trainer.train(batch));
    temperatures.push((await trainer.weights().read('temp'))[0]!);
    if (name === 'trained' || step === 3) {
      checks.push(...(await compareWeights(`${name}-step${step}`, trainer)));
    }
  }
  const last = await trainer.train(batch);
  const found = [...reports, last].map(({ loss }) => loss);
  const norms = reports.map(({ gradientNorm }, at) => gradientNorm / run.grad_norms[at]!);
  const rates = reports.map(({ learningRate }, at) => learningRate / run.lrs[at]!);
  const ones = reports.map(() => 1);
  return [
    { name: `${name}/losses`, worst: furthest(found, run.losses), tolerance: LIMITS.stepLoss },
    { name: `${name}/gradient-norms`, worst: furthest(norms, ones), tolerance: LIMITS.gradient },
    { name: `${name}/rates`, worst: furthest(rates, ones), tolerance: 1e-9 },
    {
      name: `${name}/temperatures`,
      worst: furthest(temperatures, run.temp_after),
      tolerance: 1e-6,
    },
    ...checks,
  ];
}

/** The bias of keys has no gradient in exact arithmetic: the optimizer makes steps out of its rounding noise. */
async function compareWeights(name: string, trainer: Trainer): Promise<readonly GoldenCheck[]> {
  await using expected = await openSafetensors(recordedPath(`weights-${name}.safetensors`));
  const gaps: number[] = [];
  let keys = 0;
  for (const key of expected.tensors.keys()) {
    const [found, values] = [await trainer.weights().read(key), await expected.read(key)];
    for (const [at, value] of values.entries()) {
      const gap = Math.abs(value - found[at]!);
      const third = Math.floor((3 * at) / values.length);
      if (key.endsWith('in_proj_bias') && third === 1) keys = Math.max(keys, gap);
      else gaps.push(gap);
    }
  }
  const far = gaps.filter((gap) => !(gap <= 1e-6)).length / gaps.length;
  const worst = gaps.reduce((max, gap) => (gap <= max ? max : gap), 0);
  return [
    { name: `${name}/weights`, worst, tolerance: LIMITS.weights },
    { name: `${name}/weights-over-1e-6`, worst: far, tolerance: 0.001 },
    { name: `${name}/key-bias`, worst: keys, tolerance: 1e-3 },
  ];
}

/** The lowest temperature, and that its gradient is not cut there. */
export async function checkTemperature(kind: TrainingEngine): Promise<readonly GoldenCheck[]> {
  type Row = Readonly<Record<'start' | 'after_forward' | 'loss' | 'temp_grad', number>>;
  const { rows } = readRecorded('temp.json') as { rows: readonly Row[] };
  await using engine = gradientEngine(TRAINING_CONFIG, {
    engine: kind,
    trainsText: true,
    threads: 1,
  });
  const checks: GoldenCheck[] = [];
  for (const row of rows) {
    const source = withTemperature(seededWeights(TRAINING_CONFIG), row.start);
    const state = await freshState(source, { trainsText: true });
    clampTemperature(state);
    const inputs = recordedInputs('mask0-trained', [0, 1, 2, 3, 4, 5]);
    const { loss, gradients } = await engine.gradients(state.weights, inputs);
    const value = state.weights.get('temp')![0]!;
    const slope = gradients.get('temp')![0]! / row.temp_grad;
    const name = `temperature/${row.start}`;
    checks.push(
      { name: `${name}/value`, worst: Math.abs(value - row.after_forward), tolerance: 2e-8 },
      { name: `${name}/loss`, worst: Math.abs(loss - row.loss), tolerance: 5e-5 },
      { name: `${name}/gradient`, worst: Math.abs(slope - 1), tolerance: 1e-5 },
    );
  }
  return checks;
}

function withTemperature(weights: Weights, temperature: number): Weights {
  return {
    ...weights,
    read: (name) =>
      name === 'temp' ? Promise.resolve(Float32Array.of(temperature)) : weights.read(name),
  };
}

/** Two runs of 60 updates: all trained without a mask, and half masked with a frozen text tower. */
export async function checkCurves(engine: TrainingEngine): Promise<readonly GoldenCheck[]> {
  const curves = readRecorded('curve.json') as Curves;
  return [
    ...(await compareCurve('trained', curves, engine)),
    ...(await compareCurve('masked', curves, engine)),
  ];
}

async function compareCurve(
  name: 'trained' | 'masked',
  curves: Curves,
  engine: TrainingEngine,
): Promise<readonly GoldenCheck[]> {
  const golden = curves[name];
  await using trainer = await viclipTrainer(
    seededWeights(TRAINING_CONFIG),
    {
      schedule: { learningRate: 4e-4, updates: 60, warmup: 2 },
      maskRatio: name === 'masked' ? 0.5 : 0,
      trainsText: name === 'trained',
    },
    { engine, ...ONE_THREAD },
  );
  const losses: number[] = [];
  const temperatures: number[] = [];
  for (const [step, samples] of curves.order.entries()) {
    const kept = golden.kept?.[step];
    const report = await trainer.train({
      frames: recordedFrames(samples.map((clip) => `curve-${clip}`)),
      texts: { tokens: Int32Array.from(samples.flatMap((clip) => curves.tokens[clip]!)) },
      ids: samples,
      ...(kept === undefined ? {} : { kept: Int32Array.from(kept.flat()) }),
    });
    losses.push(report.loss);
    temperatures.push(report.temperature);
  }
  temperatures.push((await trainer.weights().read('temp'))[0]!);
  const cosine = cosines(
    await trainer.embedClips(recordedFrames(curves.clips)),
    await trainer.embedTexts(Int32Array.from(curves.tokens.flat())),
    TRAINING_CONFIG.dimension,
  );
  const { video_to_text: videos, text_to_video: texts } = golden.final_r1;
  const found = [recallAt1(cosine, 'rows'), recallAt1(cosine, 'columns')];
  const at = `curve/${name}`;
  return [
    { name: `${at}/losses`, worst: furthest(losses, golden.loss), tolerance: LIMITS.curve },
    { name: `${at}/temperature`, worst: furthest(temperatures, golden.temp), tolerance: 1e-6 },
    {
      name: `${at}/cosines`,
      worst: furthest(cosine, golden.final_cosine.flat()),
      tolerance: LIMITS.curve,
    },
    { name: `${at}/recall-at-1`, worst: furthest(found, [videos, texts]), tolerance: 1e-12 },
  ];
}

/** Share of the rows, or columns, whose largest value stands on the diagonal. */
function recallAt1(square: readonly number[], along: 'rows' | 'columns'): number {
  const size = Math.sqrt(square.length);
  const line = (at: number): number[] =>
    Array.from({ length: size }, (_, other) =>
      along === 'rows' ? square[at * size + other]! : square[other * size + at]!,
    );
  const hits = Array.from({ length: size }, (_, at) => Math.max(...line(at)) === line(at)[at]);
  return hits.filter(Boolean).length / size;
}
