import {
  drop,
  mapStage,
  scoresTable,
  type Caption,
  type Clip,
  type Detection,
  type Dropped,
  type Identified,
  type JsonObject,
  type Producer,
  type Stage,
} from '@internvid/core';
import { captionClaimsTable } from './claims-table.js';
import { judgeClaims, supportOf, type JudgedClaim } from './judge-claims.js';
import { withoutClaims } from './without-claims.js';

/**
 * What becomes of a caption with a contradicted claim. `keep`: it stays as it is, the claims and scores are written down.
 * `mark`: the same, and the run's report counts it as a warning. `rewrite`: the contradicted clause or sentence goes; a
 * caption of which nothing is left is dropped. `drop`: it goes.
 */
export type GroundingPolicy = 'keep' | 'mark' | 'rewrite' | 'drop';

/** A caption with what it is judged by. */
export type CaptionInContext = Identified & {
  readonly caption: Caption;
  readonly clip: Pick<Clip, 'id' | 'facts'>;
  readonly detections: readonly Detection[];
  /** The clip's other captions. */
  readonly others: readonly Caption[];
};

/** A video-text encoder's word on claims that nothing measured decides. */
export type ClaimEncoder = {
  /** Which encoder: part of the stage's fingerprint. */
  readonly producer: Producer;
  /** How well a text fits a clip, in the encoder's own measure. */
  similarity(text: string, clip: string, signal: AbortSignal): number | Promise<number>;
  /** A caption that fits this well has its undecided claims supported; the figure belongs to the encoder. */
  readonly supportsFrom: number;
  /** One that fits worse has them contradicted. */
  readonly contradictsBelow: number;
};

/** Settings of `groundCaptions`. */
export type GroundCaptionsOptions = {
  /** Default `mark`. */
  readonly policy?: GroundingPolicy;
  readonly encoder?: ClaimEncoder;
};

/** Raised when a judgement changes for the same caption. */
const VERSION = '2';

/**
 * Judges every claim of each caption by what was measured in its clip, the clip's other captions and an encoder where given.
 * Writes each claim to the table `caption-claims`, and of captions of whole clips the scores `caption-support-<scale>` (0 to
 * 1, see `supportOf`) and `caption-contradictions-<scale>` (a number of claims).
 *
 * Warns `contradicted-<kind>` by policy `mark` and `rewrite`. Drops `contradicted` by policy `drop`, and by `rewrite` where
 * nothing is left.
 */
export function groundCaptions(
  options: GroundCaptionsOptions = {},
): Stage<CaptionInContext, Caption> {
  const { policy = 'mark', encoder } = options;
  const config: JsonObject = {
    policy,
    ...(encoder === undefined
      ? {}
      : {
          encoder: encoder.producer,
          supportsFrom: encoder.supportsFrom,
          contradictsBelow: encoder.contradictsBelow,
        }),
  };
  const by: Producer = { name: 'grounding', version: VERSION, config };
  return mapStage({
    name: 'ground-captions',
    version: 1,
    config,
    async map(input: CaptionInContext, { emit, warn, signal }) {
      const { caption } = input;
      const claims = await judged(input, encoder, signal);
      for (const { kind, words, verdict, by: decided } of claims)
        emit(captionClaimsTable, {
          ...placeOf(caption),
          kind,
          words,
          verdict,
          ...(decided === undefined ? {} : { decidedBy: decided }),
          by,
        });
      const wrong = claims.filter(({ verdict }) => verdict === 'contradicted');
      if (caption.scale !== 'frame') {
        const score = (name: string, value: number): void =>
          emit(scoresTable, { clip: caption.clip, name: `${name}-${caption.scale}`, value, by });
        const support = supportOf(claims);
        if (support !== undefined) score('caption-support', support);
        score('caption-contradictions', wrong.length);
      }
      if (policy === 'mark' || policy === 'rewrite')
        for (const kind of new Set(wrong.map((claim) => claim.kind))) warn(`contradicted-${kind}`);
      return wrong.length === 0 ? caption : settled(caption, wrong, policy, by);
    },
  });
}

function settled(
  caption: Caption,
  wrong: readonly JudgedClaim[],
  policy: GroundingPolicy,
  by: Producer,
): Caption | Dropped {
  if (policy === 'drop') return drop('contradicted');
  if (policy !== 'rewrite') return caption;
  const text = withoutClaims(
    caption.text,
    wrong.map(({ at }) => at),
  );
  if (text === undefined) return drop('contradicted');
  const config = { ...caption.by.config, rewrittenBy: by };
  return { ...caption, text, by: { ...caption.by, config } };
}

/** The judged claims; where some are undecided the encoder is asked about the caption as a whole. */
async function judged(
  { caption, clip, detections, others }: CaptionInContext,
  encoder: ClaimEncoder | undefined,
  signal: AbortSignal,
): Promise<readonly JudgedClaim[]> {
  const claims = judgeClaims(caption.text, { facts: clip.facts, detections, others });
  if (encoder === undefined || claims.every(({ verdict }) => verdict !== 'unknown')) return claims;
  const fit = await encoder.similarity(caption.text, clip.id, signal);
  const verdict =
    fit >= encoder.supportsFrom
      ? 'supported'
      : fit < encoder.contradictsBelow
        ? 'contradicted'
        : undefined;
  if (verdict === undefined) return claims;
  return claims.map((claim) =>
    claim.verdict === 'unknown' ? { ...claim, verdict, by: 'encoder' } : claim,
  );
}

function placeOf({ clip, scale, timeMs }: Caption): Pick<Caption, 'clip' | 'scale' | 'timeMs'> {
  return { clip, scale, ...(timeMs === undefined ? {} : { timeMs }) };
}
