import { absentClip, type Finding } from '../exports/finding.js';
import type { KnownDataset } from '../known-dataset.js';

/** A place of a document in any form. */
export type Place = { readonly clip: string } | { readonly text: string };

/** Clips that the dataset does not have, and texts behind a clip that are not among its captions. */
export function* foreignPlaces(
  placed: readonly Place[],
  known: KnownDataset | undefined,
): Generator<Omit<Finding, 'file'>> {
  if (known === undefined) return;
  for (const [at, place] of placed.entries()) {
    if (!('clip' in place)) continue;
    const clip = known.clip(place.clip);
    const next = placed[at + 1];
    if (clip === undefined) yield absentClip(place.clip, known.isWithdrawn(place.clip));
    else if (next !== undefined && 'text' in next && !clip.hasCaption(next.text))
      yield {
        problem: 'foreign-caption',
        message: `the text behind ${place.clip} is none of its captions.`,
      };
  }
}
