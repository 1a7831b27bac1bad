import type { RunReport } from '@internvid/core';

import { currentSteps, type CurrentSteps } from '../dataset.js';
import { withDetector } from '../detectors.js';
import { printOutcome } from '../outcome.js';
import { openSession, type CommonFlags, type Session, type SplitFlags } from '../session.js';
import { captionStep, cutStep, sampleStep, splitStep } from '../steps.js';
import { withResource } from '../with-resource.js';
import { openCaptioner, openFrameReader } from '../work.js';

/** Steps that are commands of their own. */
export type SingleStep = 'split' | 'sample' | 'caption' | 'cut';

/** `internvid split`, `sample`, `caption`, `cut`: one step on what the steps before it left. */
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
    const { config } = session;
    const frames = await openFrameReader(session);
    return withDetector(config.split?.detector, async (detector) =>
      session.run(await splitStep(steps.need('collect'), config, frames, detector)),
    );
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
  async caption(steps, session) {
    const needed = {
      sample: steps.need('sample'),
      split: steps.need('split'),
      collect: steps.need('collect'),
    };
    return withResource(openCaptioner(session), async (captioner) =>
      session.run(await captionStep(needed, captioner)),
    );
  },
};
