import type { StreamHeader } from './probe-header.js';

/** A packet as it lies in the file; times in ticks, undefined where the container has none. */
export type Packet = {
  readonly pts: number | undefined;
  readonly dts: number | undefined;
  /** 0 where unknown. */
  readonly durationTicks: number;
  readonly isKey: boolean;
};

/** The packets of a track in the order of presentation, in ticks of the track's time base. */
export type OrderedPackets = {
  /** Ascending. */
  readonly ticks: Float64Array;
  /** Numbers into `ticks`, ascending. */
  readonly keyFrames: Uint32Array;
  /** End of the last frame. */
  readonly endTicks: number;
  /**
   * False where the container stores no presentation times (B-frames in AVI). `ticks` then come from the order of
   * decoding and the decoder's delay, as ffmpeg's own guess does; after a frame that was lost they may be one frame off.
   */
  readonly hasPresentationTimes: boolean;
};

/** Puts packets into the order of presentation. At least one packet. */
export function orderPackets(packets: readonly Packet[], track: StreamHeader): OrderedPackets {
  const hasPresentationTimes = packets.every(({ pts }) => pts !== undefined);
  const times = hasPresentationTimes
    ? Float64Array.from(packets, ({ pts }) => pts ?? 0)
    : guessTimes(packets, track.has_b_frames);
  const order = Uint32Array.from(packets.keys()).sort(
    (a, b) => at(times, a) - at(times, b) || a - b,
  );
  const ticks = Float64Array.from(order, (number) => at(times, number));
  const keys = [...order.keys()].filter((position) => packets[at(order, position)]?.isKey === true);
  const last = packets[at(order, order.length - 1)];
  return {
    ticks,
    keyFrames: Uint32Array.from(keys),
    endTicks: at(ticks, ticks.length - 1) + lastDuration(ticks, last, track),
    hasPresentationTimes,
  };
}

/** The step between most frames, in ticks: the median, 0 for a single frame. */
export function usualStep(ticks: Float64Array): number {
  const steps = ticks.slice(1).map((tick, index) => tick - at(ticks, index));
  return steps.sort()[steps.length >> 1] ?? 0;
}

/** A decoder that holds back `delay` frames gives each frame when the packet `delay` places later comes in. */
function guessTimes(packets: readonly Packet[], delay: number): Float64Array {
  const fed = new Float64Array(packets.length);
  packets.forEach((packet, index) => {
    const before = index === 0 ? 0 : at(fed, index - 1) + (packets[index - 1]?.durationTicks || 1);
    fed[index] = packet.dts ?? packet.pts ?? before;
  });
  const step = usualStep(fed) || 1;
  const end = at(fed, fed.length - 1);
  return fed.map((_, index) => fed[index + delay] ?? end + (index + delay - fed.length + 1) * step);
}

/** Durations are often left out: then the last frame is held as long as the frames before it. */
function lastDuration(ticks: Float64Array, last: Packet | undefined, track: StreamHeader): number {
  if (last !== undefined && last.durationTicks > 0) return last.durationTicks;
  const step = usualStep(ticks);
  if (step > 0) return step;
  const [frames = 0, seconds = 0] = track.avg_frame_rate.split('/').map(Number);
  const [num = 0, den = 0] = track.time_base.split('/').map(Number);
  return frames > 0 ? Math.round((seconds * den) / (frames * num)) : 1;
}

function at(values: Float64Array | Uint32Array, index: number): number {
  return values[index] ?? 0;
}
