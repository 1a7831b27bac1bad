/** A picture's size and place inside the picture as shown, in pixels. */
export type Area = {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
};

/** What training batches are made of: clips of one size, number of frames and rate. */
export type Bucket = {
  /** `<width>x<height>-<frames>f-<fps>fps`. */
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly fps: number;
};

/** Which buckets there are. */
export type BucketRules = {
  /** Shapes as `width:height`. Default 9:16, 3:4, 1:1, 4:3, 16:9. */
  readonly aspects?: readonly string[];
  /** Shorter sides in pixels, brought down to a multiple of `multipleOf`. Default 240, 360, 480, 720, 1080. */
  readonly shortSides?: readonly number[];
  /** Both sides are multiples of this. Default 16: a video autoencoder divides by 8, its transformer by 2. */
  readonly multipleOf?: number;
  /** Frames of a clip. Default 17, 49, 81, 121: of the form 4k + 1, and 8k + 1, which causal video autoencoders take. */
  readonly frames?: readonly number[];
  /** Frames per second. Default 8, 16, 24. */
  readonly fps?: readonly number[];
  /** Share of the picture that may be cut off to fit the shape, 0 to below 1. Default 0.3: 2.39:1 in 16:9 loses 0.26. */
  readonly maxCrop?: number;
  /** Takes pictures that are smaller than every bucket of their shape too. Default false. */
  readonly upscale?: boolean;
};

/** What a bucket is chosen by. */
export type ClipShape = {
  /** The picture without its black bars. */
  readonly area: Area;
  readonly durationMs: number;
  /** Average frames per second. */
  readonly fps: number;
};

/** Why a clip fits no bucket. */
export type NoBucket = 'cropped-too-much' | 'frame-rate-too-low' | 'too-short' | 'too-small';

/** A clip's bucket, and the part of the picture that is scaled to it. */
export type PlacedClip = { readonly bucket: Bucket; readonly crop: Area };

const DEFAULTS: Required<BucketRules> = {
  aspects: ['9:16', '3:4', '1:1', '4:3', '16:9'],
  shortSides: [240, 360, 480, 720, 1080],
  multipleOf: 16,
  frames: [17, 49, 81, 121],
  fps: [8, 16, 24],
  maxCrop: 0.3,
  upscale: false,
};

/** Rates such as 23.976 count as the whole rate beside them: one frame in a thousand is then shown twice. */
const RATE_TOLERANCE = 0.002;

/**
 * The rules with their defaults, numbers ascending.
 *
 * @throws RangeError for rules that cannot be.
 */
export function bucketRules(rules: BucketRules = {}): Required<BucketRules> {
  const all = { ...DEFAULTS, ...rules };
  for (const aspect of all.aspects) ratioOf(aspect);
  for (const name of ['shortSides', 'frames', 'fps'] as const) {
    const wrong = all[name].find((value) => !(value > 0) || (name !== 'fps' && value % 1 !== 0));
    if (wrong !== undefined || all[name].length === 0)
      throw new RangeError(`rules.${name} must be positive numbers, at least one, got ${wrong}.`);
  }
  if (!Number.isInteger(all.multipleOf) || all.multipleOf < 1)
    throw new RangeError(`rules.multipleOf must be a whole number above 0, got ${all.multipleOf}.`);
  if (!(all.maxCrop >= 0 && all.maxCrop < 1))
    throw new RangeError(`rules.maxCrop must be from 0 to below 1, got ${all.maxCrop}.`);
  const ascending = (values: readonly number[]): readonly number[] =>
    [...new Set(values)].sort((a, b) => a - b);
  const { shortSides, frames, fps } = all;
  return {
    ...all,
    shortSides: ascending(shortSides),
    frames: ascending(frames),
    fps: ascending(fps),
  };
}

/**
 * The bucket of a clip: the shape nearest in the logarithm of its ratio, the largest size that the picture need not be enlarged for, the highest
 * rate that the video has, and at that rate the most frames that the clip is long enough for. The picture is cropped about its middle.
 */
export function placeClip(
  { area, durationMs, fps }: ClipShape,
  rules: Required<BucketRules>,
): PlacedClip | NoBucket {
  const rate = rules.fps.findLast((each) => each <= fps * (1 + RATE_TOLERANCE));
  if (rate === undefined) return 'frame-rate-too-low';
  const frames = rules.frames.findLast((each) => (each / rate) * 1000 <= durationMs);
  if (frames === undefined) return 'too-short';
  const sizes = sizesOf(nearestAspect(area, rules.aspects), rules);
  const fitting = sizes.findLast(
    ({ width, height }) => width <= area.width && height <= area.height,
  );
  const size = fitting ?? (rules.upscale ? sizes[0] : undefined);
  if (size === undefined) return 'too-small';
  const crop = cropTo(area, size.width / size.height);
  const lost = 1 - (crop.width * crop.height) / (area.width * area.height);
  if (lost > rules.maxCrop) return 'cropped-too-much';
  const id = `${size.width}x${size.height}-${frames}f-${rate}fps`;
  return { bucket: { id, ...size, frames, fps: rate }, crop };
}

type Size = { readonly width: number; readonly height: number };

function nearestAspect({ width, height }: Size, aspects: readonly string[]): number {
  const distance = (ratio: number): number => Math.abs(Math.log(width / height / ratio));
  return aspects
    .map(ratioOf)
    .reduce((best, each) => (distance(each) < distance(best) ? each : best));
}

/** The sizes of a shape, small ones first. */
function sizesOf(
  ratio: number,
  { shortSides, multipleOf }: Required<BucketRules>,
): readonly Size[] {
  return shortSides.map((side) => {
    const short = Math.max(multipleOf, side - (side % multipleOf));
    const long = Math.round((short * Math.max(ratio, 1 / ratio)) / multipleOf) * multipleOf;
    return ratio < 1 ? { width: short, height: long } : { width: long, height: short };
  });
}

function cropTo(area: Area, ratio: number): Area {
  const width = Math.min(area.width, Math.round(area.height * ratio));
  const height = Math.min(area.height, Math.round(area.width / ratio));
  return {
    left: area.left + Math.floor((area.width - width) / 2),
    top: area.top + Math.floor((area.height - height) / 2),
    width,
    height,
  };
}

function ratioOf(aspect: string): number {
  const [, width, height] = /^(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)$/.exec(aspect) ?? [];
  const ratio = Number(width) / Number(height);
  if (!(ratio > 0 && ratio < Infinity))
    throw new RangeError(`rules.aspects must be of the form 16:9, got "${aspect}".`);
  return ratio;
}
