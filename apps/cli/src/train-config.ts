import { z } from 'zod';

/** A stage of a training run, as `RunStage` of the package viclip has it. */
export type TrainStage = {
  name: string;
  maskRatio: number;
  epochs: number;
  warmupEpochs: number;
  learningRate: number;
  batch: number;
};

/** Checks a stage of a config. */
export const trainStageSchema: z.ZodType<TrainStage> = z.strictObject({
  name: z.string().min(1),
  maskRatio: z.number().min(0).lt(1),
  epochs: z.number().positive(),
  warmupEpochs: z.number().min(0),
  learningRate: z.number().positive(),
  batch: z.int().min(2),
});
