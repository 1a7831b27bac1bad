import type { RunReport } from '@internvid/core';

import { currentSteps, type CurrentSteps } from '../current-steps.js';
import { printOutcome } from '../outcome.js';
import { openSession, type CommonFlags, type Session, type SplitFlags } from '../session.js';
import { withSplitStep } from '../splitting.js';
import { cutStep, sampleStep } from '../steps.js';
import { openFrameReader } from '../work.js';

/** Steps that are commands of their own. */
export type SingleStep = 'split' | 'sample' | 'cut';

/** `internvid split`, `sample`, `cut`: one step on what the steps before it left. */
export async function runSingleStep(
  name: SingleStep,
  dataset: string | undefined,
  flags: CommonFlags & SplitFlags,
): Promise<void> {
  const session = await openSession(flags, dataset);
  const steps = await currentSteps(session.store);
  await printOutcome(session, flags, [await RUN[name](steps, session)]);
}

const RUN: Record<SingleStep, (steps: CurrentSteps, session: Session) => Promise<RunReport>> = {
  async split(steps, session) {
    const sources = { collect: steps.need('collect'), transcribe: steps.fresh('transcribe') };
    const frames = await openFrameReader(session);
    return withSplitStep(session.config, sources, frames, (step) => session.run(step));
  },
  async sample(steps, session) {
    const frames = await openFrameReader(session);
    return session.run(
      sampleStep(steps.need('split'), steps.need('collect'), session.config, frames),
    );
  },
  async cut(steps, session) {
    const needed = { split: steps.need('split'), collect: steps.need('collect') };
    const frames = await openFrameReader(session);
    return session.run(await cutStep(needed, session.config, frames));
  },
};
