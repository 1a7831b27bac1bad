import type { RunReport, Step } from '@internvid/core';
import type { ExportReport } from '@internvid/generation';

import { runCaptioning } from './captioning.js';
import { collectVideos, type CollectFlags } from './collecting.js';
import { exportSamples } from './export-samples.js';
import type { Session } from './session.js';
import { withSplitStep } from './splitting.js';
import { embedStep, sampleStep } from './steps.js';
import { runTranscribe, speechSettings, type SpeechFlags } from './transcribing.js';
import {
  aestheticSettings,
  checkViclip,
  viclipSettings,
  type ViclipFlags,
} from './viclip-model.js';
import { runAesthetics, runViclipSteps } from './viclip-steps.js';
import { withResource } from './with-resource.js';
import { openFrameReader, openSentenceEncoder } from './work.js';

/** What a whole run did. */
export type PipelineReport = {
  readonly reports: readonly RunReport[];
  readonly exports: readonly ExportReport[];
};

/** Runs every step on the videos, one after the other, then writes the exports. */
export async function runPipeline(
  session: Session,
  videos: readonly string[],
  flags: CollectFlags & SpeechFlags & ViclipFlags = {},
): Promise<PipelineReport> {
  const { config, signal } = session;
  const viclip = viclipSettings(config, flags);
  const aesthetics = aestheticSettings(config);
  for (const model of [viclip, aesthetics?.clip])
    if (model !== undefined) await checkViclip(model, signal);
  const speech = speechSettings(config, flags);
  const reports: RunReport[] = [];
  const run = async (step: Step): Promise<Step> => {
    reports.push(await session.run(step));
    return step;
  };
  const frames = await openFrameReader(session);
  const collect = await collectVideos(videos, { session, frames, flags, run });
  const transcribed = speech && (await runTranscribe(session, collect, speech));
  if (transcribed !== undefined) reports.push(transcribed.report);
  const said = { collect, transcribe: transcribed?.key };
  const split = await withSplitStep(config, said, frames, run);
  const sample = await run(sampleStep(split, collect, config, frames));
  const caption = await runCaptioning(session, { ...said, split, sample }, run);
  await withResource(openSentenceEncoder(), async (encoder) =>
    run(await embedStep(caption, encoder)),
  );
  if (viclip !== undefined) {
    const steps = { collect, split, sample, caption };
    reports.push(...(await runViclipSteps(viclip, steps, (step) => session.run(step), signal)));
  }
  if (aesthetics !== undefined) {
    const clips = { collect, split, sample };
    reports.push(await runAesthetics(aesthetics, clips, (step) => session.run(step), signal));
  }
  const exports = await exportSamples(session, { formats: config.export?.formats });
  return { reports, exports };
}
