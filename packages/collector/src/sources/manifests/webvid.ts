import { candidateAddress } from '../candidate-address.js';
import { parseTime } from '../time-text.js';
import { captionOf, hasAll, neededText, pick, type ManifestFormat } from './manifest-format.js';

/**
 * WebVid (2M, 10M): a whole video on each row, with `videoid`, `contentUrl`, `duration` (ISO 8601, `PT00H00M10S`), `page_dir` and
 * `name`, which is the caption. The columns are those of video2dataset's example for this data set.
 */
export const webvidManifest: ManifestFormat = {
  name: 'webvid',
  isLike: (columns) => hasAll(columns, ['videoid', 'contentUrl', 'name']),
  reader: () => ({
    read(cells) {
      const { key, ...address } = candidateAddress(neededText(cells, 'contentUrl'));
      const durationMs = parseTime(cells.duration);
      const metadata = {
        ...pick(cells, ['videoid', 'page_dir']),
        ...(durationMs === undefined ? {} : { durationMs }),
      };
      const clip = { ...captionOf(cells.name), details: {} };
      return { key, candidate: { ...address, metadata }, clips: [clip], problems: [] };
    },
  }),
};
