import type { RunReport, Step } from '@internvid/core';
import type { ExportReport } from '@internvid/generation';

import { collectVideos, type CollectFlags } from './collecting.js';
import { withDetector } from './detectors.js';
import { exportSamples } from './export-samples.js';
import type { Session } from './session.js';
import { captionStep, embedStep, sampleStep, splitStep } from './steps.js';
import { checkViclip, viclipSettings, type ViclipFlags } from './viclip-model.js';
import { runViclipSteps } from './viclip-steps.js';
import { withResource } from './with-resource.js';
import { openCaptioner, openFrameReader, openSentenceEncoder } from './work.js';

/** What a whole run did. */
export type PipelineReport = {
  readonly reports: readonly RunReport[];
  readonly exports: readonly ExportReport[];
};

/** Runs every step on the videos, one after the other, then writes the exports. */
export async function runPipeline(
  session: Session,
  videos: readonly string[],
  flags: CollectFlags & ViclipFlags = {},
): Promise<PipelineReport> {
  const { config, signal } = session;
  const viclip = viclipSettings(config, flags);
  if (viclip !== undefined) await checkViclip(viclip, signal);
  const reports: RunReport[] = [];
  const run = async (step: Step): Promise<Step> => {
    reports.push(await session.run(step));
    return step;
  };
  const frames = await openFrameReader(session);
  const collect = await collectVideos(videos, { session, frames, flags, run });
  const split = await withDetector(config.split?.detector, async (detector) =>
    run(await splitStep(collect, config, frames, detector)),
  );
  const sample = await run(sampleStep(split, collect, config, frames));
  const caption = await withResource(openCaptioner(session), async (captioner) =>
    run(await captionStep({ collect, split, sample }, captioner)),
  );
  await withResource(openSentenceEncoder(), async (encoder) =>
    run(await embedStep(caption, encoder)),
  );
  if (viclip !== undefined) {
    const steps = { collect, split, sample, caption };
    reports.push(...(await runViclipSteps(viclip, steps, (step) => session.run(step), signal)));
  }
  const exports = await exportSamples(session, { formats: config.export?.formats });
  return { reports, exports };
}
