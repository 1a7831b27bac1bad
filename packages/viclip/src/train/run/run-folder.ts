import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { ToolkitError } from '@internvid/core';
import { z } from 'zod';

import { readNote } from '../checkpoint.js';

/** The files of a run. */
export const runFiles = {
  /** All that the run goes on from. */
  latest: 'latest.safetensors',
  /** The weights that did best on the clips put aside, under the published names. */
  best: 'best.safetensors',
  /** The weights at the end, under the published names. */
  trained: 'trained.safetensors',
  /** Between the start and the trained weights. */
  averaged: 'wise-ft.safetensors',
  /** What a frozen text tower made of the captions. */
  captions: 'captions.safetensors',
  curves: 'curves.svg',
  report: 'report.json',
} as const;

/** What a checkpoint of a run says besides its numbers. */
export type RunNote = {
  /** What the run is made of, as a hash: it goes on with nothing else. */
  readonly identity: string;
  /** The stage that it is in, from 0. */
  readonly stage: number;
  readonly best?: BestSoFar | undefined;
};

/** The update that did best on the clips put aside. */
export type BestSoFar = { readonly update: number; readonly mean: number };

/** Where a run goes on. */
export type RunPosition = RunNote & {
  /** Updates of the stage that are done. */
  readonly step: number;
};

const noteSchema: z.ZodType<RunNote> = z.object({
  identity: z.string(),
  stage: z.number().int().nonnegative(),
  best: z.object({ update: z.number(), mean: z.number() }).optional(),
});

/**
 * Where the run in a folder was left; undefined for a folder without one.
 *
 * @throws ToolkitError `invalid-config` for another run than this, `corrupt` for a checkpoint that is none.
 */
export async function findPosition(
  folder: string,
  identity: string,
): Promise<RunPosition | undefined> {
  const path = join(folder, runFiles.latest);
  if ((await stat(path).catch(() => undefined)) === undefined) return undefined;
  const { step, note } = await readNote(path);
  let found: RunNote;
  try {
    found = noteSchema.parse(JSON.parse(note ?? ''));
  } catch (cause) {
    throw new ToolkitError('corrupt', `${path} was not written by a run.`, { cause });
  }
  if (found.identity === identity) return { ...found, step };
  throw new ToolkitError(
    'invalid-config',
    `${folder} holds another run: with other clips, captions, settings, engine or start. Name another folder, or remove it.`,
  );
}

/** Removes what a session that was killed while it wrote left behind. */
export async function removeUnfinished(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const known = Object.values(runFiles).map((name) => `${name}.`);
  for (const name of names) {
    const isOurs = known.some((start) => name.startsWith(start));
    const [, writer] = /\.(\d+)\.tmp$/.exec(name) ?? [];
    if (isOurs && writer !== undefined && !isAlive(Number(writer))) {
      await rm(join(folder, name), { force: true });
    }
  }
}

/** Whether a process of this machine runs. */
export function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
