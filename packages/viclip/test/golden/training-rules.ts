import { parameterShapes } from '../../src/model/parameters.js';
import { decays } from '../../src/train/adamw.js';
import { keptCount, keptPlaces } from '../../src/train/mask.js';
import { rateAt } from '../../src/train/schedule.js';
import { trainedKeys } from '../../src/train/train-state.js';
import { furthest, type GoldenCheck } from './check.js';
import {
  readRecorded,
  TRAINING_CONFIG,
  type Curves,
  type RecordedInputs,
  type Rows,
} from './training-data.js';

const PATCHES = 64;

type RecordedSchedule = {
  readonly base_lr: number;
  readonly num_training_steps: number;
  readonly num_warmup_steps: number;
  readonly table: Rows;
};

/** The tables of learning rates. */
export function checkSchedules(): readonly GoldenCheck[] {
  const tables = readRecorded('lr.json') as Readonly<Record<string, RecordedSchedule>>;
  return ['stage1', 'stage2', 'adamw_golden', 'curve'].map((name) => {
    const golden = tables[name]!;
    const schedule = {
      learningRate: golden.base_lr,
      updates: golden.num_training_steps,
      warmup: golden.num_warmup_steps,
    };
    const ratios = golden.table.map(([update = 0, rate = 0]) => rateAt(schedule, update) / rate);
    const worst = furthest(
      ratios,
      ratios.map(() => 1),
    );
    return { name: `schedule/${name}`, worst, tolerance: 1e-9 };
  });
}

/** Which parameters decay. */
export function checkGroups(): readonly GoldenCheck[] {
  type Groups = Readonly<Record<'decay' | 'no_decay', readonly string[]>>;
  const groups = readRecorded('groups.json') as Readonly<Record<string, Groups>>;
  const shapes = parameterShapes(TRAINING_CONFIG);
  return ([true, false] as const).map((trainsText) => {
    const golden = groups[trainsText ? 'text_trained' : 'text_frozen']!;
    const keys = trainedKeys(TRAINING_CONFIG, trainsText);
    const decayed = keys.filter((key) => decays(key, shapes.get(key)!));
    const others = keys.filter((key) => !decayed.includes(key));
    const wrong =
      Number(String([...decayed].sort()) !== String([...golden.decay].sort())) +
      Number(String([...others].sort()) !== String([...golden.no_decay].sort()));
    return { name: `groups/${trainsText ? 'trained' : 'frozen'}`, worst: wrong, tolerance: 0 };
  });
}

/** The recorded masks were drawn as masks are drawn here. */
export function checkMasks(): readonly GoldenCheck[] {
  const { clips, kept_mask90: kept } = readRecorded('inputs.json') as RecordedInputs;
  const count = keptCount(PATCHES, 0.9);
  const found = clips.flatMap((clip) => [...keptPlaces(`mask/${clip}`, PATCHES, count)]);
  const { order, masked } = readRecorded('curve.json') as Curves;
  const drawn = order.flatMap((samples, step) =>
    samples.flatMap((clip) => [...keptPlaces(`mask/curve-step-${step}-clip-${clip}`, PATCHES, 32)]),
  );
  return [
    { name: 'masks/0.9', worst: furthest(found, kept.flat()), tolerance: 0 },
    { name: 'masks/0.5', worst: furthest(drawn, masked.kept!.flat(2)), tolerance: 0 },
  ];
}
