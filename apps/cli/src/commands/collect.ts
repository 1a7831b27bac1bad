import { collectStep } from '../steps.js';
import { openSession, type CommonFlags } from '../session.js';
import { inputsFrom, openFrameReader } from '../work.js';
import { printOutcome } from '../outcome.js';

/** `internvid collect`: finds videos and what they are. */
export async function collect(
  videos: readonly string[],
  flags: CommonFlags & { out?: string },
): Promise<void> {
  const session = await openSession(flags, flags.out);
  const inputs = inputsFrom(videos, session);
  const frames = await openFrameReader(session);
  const report = await session.run(await collectStep(inputs, session.config, frames));
  await printOutcome(session, flags, [report]);
}
