import type { RunReport } from '@internvid/core';

import { collectVideos, type CollectFlags } from '../collecting.js';
import { printOutcome } from '../outcome.js';
import { openSession, type CommonFlags } from '../session.js';
import { inputsFrom, openFrameReader } from '../work.js';

/** `internvid collect`: finds videos, fetches those that are elsewhere, and says what they are. */
export async function collect(
  videos: readonly string[],
  flags: CommonFlags & CollectFlags & { readonly out?: string },
): Promise<void> {
  const session = await openSession(flags, flags.out);
  const names = inputsFrom(videos, session, flags);
  const frames = await openFrameReader(session);
  const reports: RunReport[] = [];
  await collectVideos(names, {
    session,
    frames,
    flags,
    async run(step) {
      reports.push(await session.run(step));
      return step;
    },
  });
  await printOutcome(session, flags, reports);
}
