import { ToolkitError, type Store } from '@internvid/core';

import { checkDialogues } from './dialogue/check-dialogues.js';
import { checkFiles, unlistedFiles } from './exports/check-files.js';
import type { Finding } from './exports/finding.js';
import { MANIFEST } from './exports/manifest.js';
import { readGeneratedManifest, type GeneratedKind, type GeneratedManifest } from './generated.js';
import type { SetCheck } from './generated-check.js';
import { checkDocuments } from './interleave/check-documents.js';
import { checkTextToVideo } from './text-to-video/check-text-to-video.js';
import type { ValidateOptions } from './validate.js';

const CHECKS: Readonly<Record<GeneratedKind, SetCheck>> = {
  interleaved: checkDocuments,
  dialogue: checkDialogues,
  'text-to-video': checkTextToVideo,
};

/**
 * Reads every byte of a folder of `generated/` and yields what is wrong with it, named by file and line or clip: first the list of files, their
 * sizes and checksums, then what is inside. Nothing yielded means that nothing is wrong. Ids are kept in memory, about 100 bytes each.
 *
 * @param prefix the folder, such as `generated/talk`.
 * @throws ToolkitError `store-failed` where the store cannot be read.
 */
export async function* validateGenerated(
  store: Store,
  prefix: string,
  { known, signal }: ValidateOptions = {},
): AsyncGenerator<Finding> {
  const manifest = await manifestOrFinding(store, prefix, signal);
  if ('problem' in manifest) {
    yield manifest as Finding;
    return;
  }
  const listed = { store, prefix, files: manifest.files, signal };
  const files = yield* checkFiles(listed);
  const isClip = (file: string): boolean =>
    manifest.kind === 'text-to-video' && file.startsWith('clips/');
  yield* unlistedFiles(listed, isClip);
  yield* CHECKS[manifest.kind]({ store, prefix, manifest, files, known, signal });
}

async function manifestOrFinding(
  store: Store,
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<GeneratedManifest | Finding> {
  try {
    const manifest = await readGeneratedManifest(store, prefix, signal);
    if (manifest !== undefined) return manifest;
    const message = 'There is no list of files: the set was not finished. Generate it again.';
    return { file: MANIFEST, problem: 'missing-manifest', message };
  } catch (error) {
    if (!ToolkitError.is(error) || error.code !== 'corrupt') throw error;
    return { file: MANIFEST, problem: 'bad-manifest', message: error.message };
  }
}
