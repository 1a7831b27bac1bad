import { openSession, type CommonFlags } from '../session.js';
import { printOutcome } from '../outcome.js';
import { runPipeline } from '../pipeline.js';
import { inputsFrom } from '../work.js';

/** `internvid run`: the whole pipeline. */
export async function run(
  videos: readonly string[],
  flags: CommonFlags & { out?: string },
): Promise<void> {
  const session = await openSession(flags, flags.out);
  const { reports, exports } = await runPipeline(session, inputsFrom(videos, session));
  await printOutcome(session, flags, reports, exports);
}
