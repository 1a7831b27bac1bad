import { ToolkitError } from '../errors.js';
import type { AudioTrack, MediaInfo, SubtitleTrack, VideoTrack } from '../media-info.js';
import type { OpenedFile } from './media-library.js';
import { mediaWarnings } from './media-warnings.js';
import type { PacketScan } from './packet-scan.js';
import type { StreamHeader } from './probe-header.js';
import { ticksToMs } from './ticks.js';
import { videoStreams } from './track-choice.js';
import { describeTrack, startMicroseconds } from './video-track.js';

/**
 * Puts together what probing found.
 *
 * @throws ToolkitError `unreadable` with `details.reason` = `still-image` for an animation format with one picture.
 */
export function describeMedia(
  opened: OpenedFile,
  packets: PacketScan,
  changesSize: boolean,
): MediaInfo {
  const { file, header, track, clock } = opened;
  const video = describeTrack(track, packets, clock);
  refuseStillImage(file.path, header.format.format_name, video);
  const durationMs = ticksToMs(clock, packets.endTicks);
  const headerDuration = Number(header.format.duration);
  const trackMs = durationMs - video.firstFrameMs;
  return {
    container: header.format.format_name,
    bytes: file.bytes,
    durationMs,
    ...(headerDuration > 0 ? { headerDurationMs: Math.floor(headerDuration * 1000 + 1e-6) } : {}),
    startMs: Math.floor(startMicroseconds(header) / 1000),
    video,
    otherVideoTracks: videoStreams(header).length - 1,
    audio: header.streams.filter(({ codec_type }) => codec_type === 'audio').map(describeAudio),
    subtitles: header.streams
      .filter(({ codec_type }) => codec_type === 'subtitle')
      .map(describeSubtitle),
    warnings: mediaWarnings({
      path: file.path,
      header,
      track,
      video,
      packets,
      trackMs,
      changesSize,
    }),
  };
}

function refuseStillImage(path: string, container: string, video: VideoTrack): void {
  if (video.frames > 1 || !['gif', 'apng'].includes(container)) return;
  const message = `${path} is a still image (${video.codec}), not a video.`;
  throw new ToolkitError('unreadable', message, { details: { reason: 'still-image' } });
}

/** Describes a sound track from its header. */
export function describeAudio(stream: StreamHeader): AudioTrack {
  return {
    stream: stream.index,
    codec: stream.codec_name,
    sampleRate: Number(stream.sample_rate ?? 0),
    channels: stream.channels ?? 0,
    ...language(stream),
  };
}

function describeSubtitle(stream: StreamHeader): SubtitleTrack {
  return { stream: stream.index, codec: stream.codec_name, ...language(stream) };
}

function language({ tags }: StreamHeader): { readonly language?: string } {
  return tags.language === undefined || tags.language === 'und' ? {} : { language: tags.language };
}
