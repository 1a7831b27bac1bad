import type { RunReport, Step } from '@internvid/core';

import { currentSteps } from '../current-steps.js';
import { printOutcome } from '../outcome.js';
import { openSession, type CommonFlags } from '../session.js';
import { embedStep } from '../steps.js';
import {
  aestheticSettings,
  checkViclip,
  neededViclip,
  viclipSettings,
  type ViclipFlags,
} from '../viclip-model.js';
import { runAesthetics, runViclipSteps } from '../viclip-steps.js';
import { withResource } from '../with-resource.js';
import { openSentenceEncoder } from '../work.js';

/** `internvid embed`: vectors of captions, and with a ViCLIP model of the clips' pictures. */
export async function embed(
  dataset: string | undefined,
  flags: CommonFlags & ViclipFlags,
): Promise<void> {
  const session = await openSession(flags, dataset);
  const steps = await currentSteps(session.store);
  const viclip = viclipSettings(session.config, flags);
  const caption = steps.need('caption');
  if (viclip !== undefined) await checkViclip(viclip, session.signal);
  const run = (step: Step): Promise<RunReport> => session.run(step);
  const reports = [
    await withResource(openSentenceEncoder(), async (encoder) =>
      run(await embedStep(caption, encoder)),
    ),
  ];
  if (viclip !== undefined) {
    const clips = {
      collect: steps.need('collect'),
      split: steps.need('split'),
      sample: steps.need('sample'),
    };
    reports.push(...(await runViclipSteps(viclip, clips, run, session.signal)));
  }
  await printOutcome(session, flags, reports);
}

/**
 * `internvid score`: how well captions fit the pictures of their clips, for which it makes the vectors of clips where they are not there,
 * and how pleasing clips are found.
 */
export async function score(
  dataset: string | undefined,
  flags: CommonFlags & ViclipFlags,
): Promise<void> {
  const session = await openSession(flags, dataset);
  const { config, signal } = session;
  const aesthetics = aestheticSettings(config);
  const viclip =
    aesthetics === undefined ? neededViclip(config, flags) : viclipSettings(config, flags);
  const steps = await currentSteps(session.store);
  const clips = {
    collect: steps.need('collect'),
    split: steps.need('split'),
    sample: steps.need('sample'),
  };
  const run = (step: Step): Promise<RunReport> => session.run(step);
  const reports: RunReport[] = [];
  if (viclip !== undefined) {
    const needed = { ...clips, caption: steps.need('caption') };
    reports.push(...(await runViclipSteps(viclip, needed, run, signal)));
  }
  if (aesthetics !== undefined) reports.push(await runAesthetics(aesthetics, clips, run, signal));
  await printOutcome(session, flags, reports);
}
