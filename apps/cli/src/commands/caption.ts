import { ToolkitError, type JsonObject, type RunReport } from '@internvid/core';
import { captionRequest } from '@internvid/captioner';

import { openChatCaptioner, runCaptioning } from '../captioning.js';
import { currentSteps } from '../current-steps.js';
import { UsageError } from '../exit.js';
import { printOutcome } from '../outcome.js';
import { openSession, type CommonFlags, type Session } from '../session.js';
import { sampledClips } from '../sampled-clips.js';
import { withResource } from '../with-resource.js';

/** Flags of `caption`. */
export type CaptionFlags = CommonFlags & { readonly dryRun?: boolean; readonly clip?: string };

/** `internvid caption`: captions the clips, or shows what a chat model would be asked about one of them. */
export async function caption(dataset: string | undefined, flags: CaptionFlags): Promise<void> {
  if (flags.dryRun === true) return showRequests(await openSession(flags, dataset), flags.clip);
  if (flags.clip !== undefined) throw new UsageError('--clip needs --dry-run.');
  const session = await openSession(flags, dataset);
  const current = await currentSteps(session.store);
  const steps = {
    sample: current.need('sample'),
    split: current.need('split'),
    collect: current.need('collect'),
    transcribe: current.fresh('transcribe'),
  };
  const reports: RunReport[] = [];
  await runCaptioning(session, steps, async (step) => {
    reports.push(await session.run(step));
    return step;
  });
  await printOutcome(session, flags, reports);
}

async function showRequests(session: Session, wanted: string | undefined): Promise<void> {
  const { store, signal } = session;
  const opening = await openChatCaptioner(session);
  if (opening === undefined)
    throw new UsageError(
      '--dry-run shows requests to a chat model, but the config has no caption.model.',
    );
  await withResource(Promise.resolve(opening), async (captioner) => {
    for await (const clip of sampledClips(session)) {
      if (wanted !== undefined && clip.id !== wanted) continue;
      const requests: readonly JsonObject[] = await captioner.preview(
        captionRequest(clip, store),
        signal,
      );
      process.stdout.write(`${JSON.stringify({ clip: clip.id, requests }, undefined, 2)}\n`);
      return;
    }
    const which = wanted === undefined ? 'a sampled clip' : `a sampled clip ${wanted}`;
    throw new ToolkitError('not-found', `${store.location} has not ${which}.`);
  });
}
