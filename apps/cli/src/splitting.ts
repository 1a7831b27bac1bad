import type { StitchVideosOptions } from '@internvid/collector';
import type { Step, StepKey } from '@internvid/core';
import type { FrameReader } from '@internvid/core/media';

import type { Config } from './config.js';
import { withDetector } from './detectors.js';
import { defined } from './settings.js';
import type { StitchConfig } from './stitch-config.js';
import { splitStep, type SplitParts } from './steps.js';
import { withResource } from './with-resource.js';

/** What a split reads besides the videos. */
export type SplitSources = {
  readonly collect: StepKey;
  /** Where there are transcripts, long shots are not parted inside a word. */
  readonly transcribe?: StepKey | undefined;
};

/** Opens the detector, and the model that joins shots where the config names one, and works with the step that they make. */
export async function withSplitStep<Out>(
  config: Config,
  { collect, transcribe }: SplitSources,
  frames: FrameReader,
  work: (split: Step) => Promise<Out>,
): Promise<Out> {
  return withStitching(config.split?.stitch, frames, (stitch) =>
    withDetector(config.split?.detector, async (detector) =>
      work(
        await splitStep(collect, config, frames, { detector, ...defined({ stitch, transcribe }) }),
      ),
    ),
  );
}

async function withStitching<Out>(
  config: StitchConfig | undefined,
  frames: FrameReader,
  work: (stitch: SplitParts['stitch']) => Promise<Out>,
): Promise<Out> {
  if (config === undefined) return work(undefined);
  const { clipEmbedder } = await import('@internvid/captioner');
  const { encodeJpeg } = await import('@internvid/core/media');
  const { minCosine, minInnerCosine, model, ...rest } = config;
  return withResource(clipEmbedder({ model, ...defined(rest) }), (clip) => {
    const embed: StitchVideosOptions['embed'] = async (pictures, signal) =>
      clip.embedPictures(await Promise.all(pictures.map(encodeJpeg)), signal);
    const limits = defined({ minCosine, minInnerCosine });
    return work({ frames, by: clip.producer, embed, ...limits });
  });
}
