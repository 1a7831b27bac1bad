import type { RunReport } from '@internvid/core';

import { currentSteps, type CurrentSteps } from '../dataset.js';
import { printOutcome } from '../outcome.js';
import { openSession, type CommonFlags, type Session } from '../session.js';
import { captionStep, embedStep, sampleStep, splitStep, type StepName } from '../steps.js';
import { withResource } from '../with-resource.js';
import { openCaptioner, openFrameReader, openSentenceEncoder } from '../work.js';

/** `internvid split`, `sample`, `caption`, `embed`: one step on what the steps before it left. */
export async function runSingleStep(
  name: Exclude<StepName, 'collect'>,
  dataset: string | undefined,
  flags: CommonFlags,
): Promise<void> {
  const session = await openSession(flags, dataset);
  const steps = await currentSteps(session.store);
  await printOutcome(session, flags, [await RUN[name](steps, session)]);
}

const RUN: Record<
  Exclude<StepName, 'collect'>,
  (steps: CurrentSteps, session: Session) => Promise<RunReport>
> = {
  async split(steps, session) {
    return session.run(
      await splitStep(steps.need('collect'), session.config, await openFrameReader(session)),
    );
  },
  async sample(steps, session) {
    const frames = await openFrameReader(session);
    return session.run(
      sampleStep(steps.need('split'), steps.need('collect'), session.config, frames),
    );
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
  async embed(steps, session) {
    const caption = steps.need('caption');
    return withResource(openSentenceEncoder(), async (encoder) =>
      session.run(await embedStep(caption, encoder)),
    );
  },
};
