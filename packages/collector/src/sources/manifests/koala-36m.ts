import { candidateAddress } from '../candidate-address.js';
import { pairsOf, spanBetween } from '../clip-times.js';
import { RowProblem } from '../row-meaning.js';
import { captionOf, hasAll, neededText, pick, type ManifestFormat } from './manifest-format.js';

const SCORES = [
  'clarity_score',
  'aesthetic_score',
  'motion_score',
  'video_training_suitability_score',
] as const;

/**
 * Koala-36M: a clip on each row, with `videoID` (the YouTube id, `_` and the clip's number), `url`, `timestamp` (a pair, as the text of
 * a Python list), `caption`, and four scores. The columns are those that several public readers of `Koala_36M_1.csv` use.
 */
export const koala36mManifest: ManifestFormat = {
  name: 'koala-36m',
  isLike: (columns) => hasAll(columns, ['videoID', 'url', 'timestamp', 'caption', 'clarity_score']),
  reader: () => ({
    read(cells) {
      const { key, ...address } = candidateAddress(neededText(cells, 'url'));
      const [pair, ...others] = pairsOf(cells.timestamp);
      if (pair === undefined || others.length > 0)
        throw new RowProblem('timestamp is not one pair');
      const clip = {
        span: spanBetween(pair[0], pair[1]),
        ...captionOf(cells.caption),
        details: { videoID: neededText(cells, 'videoID'), ...pick(cells, SCORES) },
      };
      return { key, candidate: { ...address, metadata: {} }, clips: [clip], problems: [] };
    },
  }),
};
