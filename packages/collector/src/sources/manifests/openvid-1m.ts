import { candidateAddress, shorten } from '../candidate-address.js';
import { RowProblem } from '../row-meaning.js';
import { youtubeUrl } from '../site-id.js';
import {
  captionOf,
  hasAll,
  neededText,
  pick,
  type ManifestFormat,
  type ManifestOptions,
} from './manifest-format.js';

const SCORES = [
  'aesthetic score',
  'motion score',
  'temporal consistency score',
  'camera motion',
  'frame',
  'fps',
  'seconds',
] as const;

/**
 * OpenVid-1M and OpenVidHD: a clip file on each row, with `video` (the file's name), `caption`, and `aesthetic score`, `motion score`,
 * `temporal consistency score`, `camera motion`, `frame`, `fps`, `seconds`. The columns are those that public readers of
 * `OpenVid-1M.csv` use.
 *
 * The list holds neither addresses nor times. With `mediaBase` each clip file is a video of its own. Without, the YouTube id that the
 * name begins with gives the video (`---_iRTHryQ_13_0to241.mp4`), its clips are known by file and caption only, and names of another
 * shape fail.
 */
export const openvid1mManifest: ManifestFormat = {
  name: 'openvid-1m',
  isLike: (columns) => hasAll(columns, ['video', 'caption', 'temporal consistency score']),
  reader: (options) => ({
    read(cells) {
      const file = neededText(cells, 'video');
      const { key, ...address } = candidateAddress(addressOf(file, options));
      const clip = { ...captionOf(cells.caption), details: { file, ...pick(cells, SCORES) } };
      return { key, candidate: { ...address, metadata: {} }, clips: [clip], problems: [] };
    },
  }),
};

function addressOf(file: string, { mediaBase }: ManifestOptions): string {
  if (mediaBase !== undefined) {
    return new URL(encodeURIComponent(file), mediaBase.replace(/\/?$/, '/')).href;
  }
  const id = /^([\w-]{11})_\d+(?:_\d+to\d+)?\.mp4$/.exec(file)?.[1];
  if (id === undefined) {
    throw new RowProblem(`the file name "${shorten(file)}" holds no YouTube id: give mediaBase`);
  }
  return youtubeUrl(id);
}
