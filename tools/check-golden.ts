/**
 * Compares the ViCLIP model with the numbers of its authors' code, on onnxruntime and on tfjs.
 *
 *   npm run check:golden                       everything: tokens, pixels and metrics, the small model, every form of checkpoint, both full sizes,
 *                                              real videos
 *   npm run check:golden -- --quick            without the full sizes
 *   npm run check:golden -- --only b16/onnx    parts whose names begin so: checkpoints, tiny/onnx, tiny/tfjs, b16/onnx, …
 *
 * The reference numbers are not part of the repository; without them it says so and exits with 2. It exits with 1 when a
 * number is further off than the reference's own tolerance.
 */
import { parseArgs } from 'node:util';

import { checkCheckpoints } from '../packages/viclip/test/golden/checkpoints.js';
import { holds, type GoldenCheck } from '../packages/viclip/test/golden/check.js';
import { checkFull } from '../packages/viclip/test/golden/full-model.js';
import {
  onnxRunner,
  tfjsRunner,
  type GraphRunner,
} from '../packages/viclip/test/golden/graph-runners.js';
import { checkInputs } from '../packages/viclip/test/golden/inputs.js';
import { checkRealVideos } from '../packages/viclip/test/golden/real-videos.js';
import { noGolden } from '../packages/viclip/test/golden/shared.js';
import { checkTraining } from '../packages/viclip/test/golden/training.js';
import { checkTiny, tinyWeights } from '../packages/viclip/test/golden/tiny-model.js';
import { viclipVariants, type ViclipVariant } from '../packages/viclip/src/variants.js';
import { seededWeights } from '../packages/viclip/src/weights/seeded.js';
import type { Weights } from '../packages/viclip/src/weights/weights.js';

/** A part of the comparison, by the name that `--only` takes. */
type Suite = {
  readonly name: string;
  readonly isSlow: boolean;
  run(): Promise<readonly GoldenCheck[]>;
};

const RUNNERS = { onnx: onnxRunner, tfjs: tfjsRunner } as const;
type Engine = keyof typeof RUNNERS;

const SUITES: readonly Suite[] = [
  { name: 'inputs', isSlow: false, run: checkInputs },
  { name: 'checkpoints', isSlow: false, run: checkCheckpoints },
  { name: 'training', isSlow: false, run: checkTraining },
  tiny('onnx'),
  tiny('tfjs'),
  full('b16', 'onnx'),
  full('b16', 'tfjs'),
  full('l14', 'onnx'),
  full('l14', 'tfjs'),
  {
    name: 'real/onnx',
    isSlow: true,
    run: () => on('onnx', seededWeights(viclipVariants.b16), checkRealVideos),
  },
];

function tiny(engine: Engine): Suite {
  return {
    name: `tiny/${engine}`,
    isSlow: false,
    async run() {
      await using weights = await tinyWeights();
      return await on(engine, weights, (runner) => checkTiny(runner, weights.config));
    },
  };
}

function full(variant: ViclipVariant, engine: Engine): Suite {
  return {
    name: `${variant}/${engine}`,
    isSlow: true,
    // On tfjs a clip of full size takes up to minutes: there the first is compared.
    run: () =>
      on(engine, seededWeights(viclipVariants[variant]), (runner) =>
        checkFull(runner, variant, { clips: engine === 'onnx' ? 2 : 1 }),
      ),
  };
}

async function on(
  engine: Engine,
  weights: Weights,
  check: (runner: GraphRunner) => Promise<readonly GoldenCheck[]>,
): Promise<readonly GoldenCheck[]> {
  await using runner = await RUNNERS[engine](weights);
  return await check(runner);
}

const { values: flags } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
});
if (noGolden !== undefined) {
  console.error(`Nothing was compared: ${noGolden}.`);
  process.exit(2);
}
let failed = 0;
let passed = 0;
for (const suite of SUITES) {
  if (!suite.name.startsWith(flags.only) || (flags.quick && suite.isSlow)) continue;
  const started = performance.now();
  for (const check of await suite.run()) {
    const isOk = holds(check);
    if (isOk) passed += 1;
    else failed += 1;
    console.log(
      `${isOk ? 'ok  ' : 'FAIL'} ${check.name.padEnd(40)} ${check.worst.toExponential(1)} of ${check.tolerance}`,
    );
  }
  console.log(`     ${suite.name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
console.log(`\n${passed} passed, ${failed} failed`);
if (failed > 0 || passed === 0) process.exitCode = 1;
