import { ToolkitError } from '../errors.js';
import { runLines } from './child-process.js';
import type { FoundProgram } from './find-ffmpeg.js';

/**
 * Makes sure that an ffmpeg was built with a filter.
 *
 * @throws ToolkitError `decode-failed` that names the file which needs it: other files do without.
 */
export async function requireFilter(
  program: FoundProgram,
  filter: string,
  why: string,
  options: { readonly stallMs: number; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const words = new Set<string>();
  await runLines({
    ...options,
    path: program.path,
    args: ['-hide_banner', '-v', 'error', '-filters'],
    onLine: (line) => words.add(line.trim().split(/\s+/)[1] ?? ''),
  });
  if (words.has(filter)) return;
  const message = `${why}, which needs an ffmpeg with the filter ${filter}: ${program.path} has none. Install another build.`;
  throw new ToolkitError('decode-failed', message, { details: { filter } });
}
