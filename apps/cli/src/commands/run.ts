import type { CollectFlags } from '../collecting.js';
import { printOutcome } from '../outcome.js';
import { runPipeline } from '../pipeline.js';
import { openSession, type CommonFlags, type SplitFlags } from '../session.js';
import type { SpeechFlags } from '../transcribing.js';
import type { ViclipFlags } from '../viclip-model.js';
import { inputsFrom } from '../work.js';

/** `internvid run`: the whole pipeline. */
export async function run(
  videos: readonly string[],
  flags: CommonFlags &
    CollectFlags &
    SplitFlags &
    SpeechFlags &
    ViclipFlags & { readonly out?: string },
): Promise<void> {
  const session = await openSession(flags, flags.out);
  const { reports, exports } = await runPipeline(
    session,
    inputsFrom(videos, session, flags),
    flags,
  );
  await printOutcome(session, flags, reports, exports);
}
