import { currentSteps } from '../current-steps.js';
import { printOutcome } from '../outcome.js';
import { openSession, type CommonFlags } from '../session.js';
import { runTranscribe, speechSettings, type SpeechFlags } from '../transcribing.js';

/** `internvid transcribe`: what is said in the collected videos, by default from subtitles, and by Whisper where a model is named. */
export async function transcribe(
  dataset: string | undefined,
  flags: CommonFlags & SpeechFlags,
): Promise<void> {
  const session = await openSession(flags, dataset);
  const settings = speechSettings(session.config, flags) ?? { from: 'auto' };
  const collect = (await currentSteps(session.store)).need('collect');
  const { report } = await runTranscribe(session, collect, settings);
  await printOutcome(session, flags, [report]);
}
