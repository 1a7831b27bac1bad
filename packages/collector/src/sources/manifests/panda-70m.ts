import type { JsonObject, JsonValue } from '@internvid/core';
import { candidateAddress } from '../candidate-address.js';
import { listOf, pairsOf, spanBetween } from '../clip-times.js';
import { RowProblem, type MentionedClip } from '../row-meaning.js';
import { captionOf, hasAll, neededText, type ManifestFormat } from './manifest-format.js';

const SCORES = ['matching_score', 'desirable_filtering', 'shot_boundary_detection'] as const;

/**
 * Panda-70M: a video on each row, with `videoID`, `url`, and lists of the same length, as the text of Python lists: `timestamp` (pairs),
 * `caption`, `matching_score`, and since October 2024 `desirable_filtering` and `shot_boundary_detection`. The columns are those of the
 * data set's own download instructions.
 */
export const panda70mManifest: ManifestFormat = {
  name: 'panda-70m',
  isLike: (columns) => hasAll(columns, ['url', 'timestamp', 'caption', 'matching_score']),
  reader: () => ({
    read(cells) {
      const { key, ...address } = candidateAddress(neededText(cells, 'url'));
      const pairs = pairsOf(cells.timestamp);
      const captions = listFor('caption', cells, pairs.length);
      const scores = SCORES.filter((name) => cells[name] !== undefined).map(
        (name) => [name, listFor(name, cells, pairs.length)] as const,
      );
      const clips: MentionedClip[] = [];
      const problems: string[] = [];
      for (const [index, [start, end]] of pairs.entries()) {
        try {
          const details = Object.fromEntries(
            scores.map(([name, values]) => [name, values[index] ?? null]),
          );
          clips.push({ span: spanBetween(start, end), ...captionOf(captions[index]), details });
        } catch (error) {
          if (!(error instanceof RowProblem)) throw error;
          problems.push(error.message);
        }
      }
      const metadata = { youtubeId: neededText(cells, 'videoID') };
      return { key, candidate: { ...address, metadata }, clips, problems };
    },
  }),
};

function listFor(column: string, cells: JsonObject, length: number): readonly JsonValue[] {
  const list = listOf(cells[column]);
  if (list.length !== length) {
    throw new RowProblem(`it has ${length} stretches and ${list.length} values of ${column}`);
  }
  return list;
}
