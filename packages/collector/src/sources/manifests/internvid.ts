import { spanBetween } from '../clip-times.js';
import { candidateAddress } from '../candidate-address.js';
import { RowProblem } from '../row-meaning.js';
import { isYoutubeId, youtubeUrl } from '../site-id.js';
import { captionOf, hasAll, neededText, pick, type ManifestFormat } from './manifest-format.js';

/**
 * InternVid (10M-FLT, 10M-DIV, 18M-AES, Full): a clip on each row with `YoutubeID`, `Start_timestamp`, `End_timestamp`, `Caption`, and
 * scores where there are some. The columns are those of the data set's card and of several readers of the files; the earliest Parquet
 * file has `UMT-SIM` for `UMT_Score`.
 */
export const internvidManifest: ManifestFormat = {
  name: 'internvid',
  isLike: (columns) => hasAll(columns, ['YoutubeID', 'Start_timestamp', 'End_timestamp']),
  reader: () => ({
    read(cells) {
      const youtubeId = neededText(cells, 'YoutubeID');
      if (!isYoutubeId(youtubeId)) throw new RowProblem(`"${youtubeId}" is not a YouTube id`);
      const { key, ...address } = candidateAddress(youtubeUrl(youtubeId));
      const clip = {
        span: spanBetween(cells.Start_timestamp, cells.End_timestamp),
        ...captionOf(cells.Caption),
        details: pick(cells, ['UMT_Score', 'UMT-SIM', 'Aesthetic_Score', 'CLIP_Score']),
      };
      return {
        key,
        candidate: { ...address, metadata: { youtubeId } },
        clips: [clip],
        problems: [],
      };
    },
  }),
};
