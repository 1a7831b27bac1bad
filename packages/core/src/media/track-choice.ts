import { ToolkitError } from '../errors.js';
import type { Header, StreamHeader } from './probe-header.js';

/** The video tracks that hold moving pictures: cover art and thumbnails are none. */
export function videoStreams(header: Header): readonly StreamHeader[] {
  return header.streams.filter(
    ({ codec_type, disposition }) =>
      codec_type === 'video' &&
      disposition.attached_pic !== 1 &&
      disposition.timed_thumbnails !== 1,
  );
}

/**
 * Chooses the video track that everything reads: the first one marked as default, which is what players show; where none
 * is marked, as in transport streams, the one with the largest picture.
 *
 * @throws ToolkitError `unreadable` with `details.reason` = `no-video-track` or `still-image`, `encrypted`.
 */
export function chooseTrack(path: string, header: Header): StreamHeader {
  const streams = videoStreams(header);
  const [largest] = [...streams].sort((a, b) => b.width * b.height - a.width * a.height);
  const best = streams.find(({ disposition }) => disposition.default === 1) ?? largest;
  if (best === undefined) throw noVideoTrack(path, header);
  if (isStillImage(header)) {
    const message = `${path} is a still image (${best.codec_name}), not a video.`;
    throw new ToolkitError('unreadable', message, { details: { reason: 'still-image' } });
  }
  if (isEncrypted(best)) throw encrypted(path);
  if (best.width === 0 || best.height === 0) {
    const message = `${path} has a video track (${best.codec_name}) whose picture size cannot be found out.`;
    throw new ToolkitError('unreadable', message, { details: { reason: 'no-picture-size' } });
  }
  return best;
}

/** The error for a track whose samples are encrypted. */
export function encrypted(path: string): ToolkitError {
  const message = `${path} is encrypted (common encryption). Only its rights holder can provide a readable copy.`;
  return new ToolkitError('encrypted', message);
}

function isStillImage({ format }: Header): boolean {
  const brand = format.tags.major_brand?.trim() ?? '';
  return ['avif', 'heic', 'heix', 'mif1'].includes(brand);
}

/** Whether the samples of a track, of pictures or of sound, are encrypted. */
export function isEncrypted({ codec_tag_string, side_data_list }: StreamHeader): boolean {
  return (
    codec_tag_string === 'encv' ||
    codec_tag_string === 'enca' ||
    side_data_list.some((data) => data.side_data_type.startsWith('Encryption'))
  );
}

function noVideoTrack(path: string, header: Header): ToolkitError {
  const cover = header.streams.some(({ codec_type }) => codec_type === 'video');
  const sound = header.streams.some(({ codec_type }) => codec_type === 'audio');
  const what = `${sound ? 'sound' : 'no sound'} and ${cover ? 'a cover picture' : 'no pictures'}`;
  return new ToolkitError(
    'unreadable',
    `${path} has no video track, only ${what}.`.replace('only no', 'no'),
    {
      details: { reason: 'no-video-track' },
    },
  );
}
