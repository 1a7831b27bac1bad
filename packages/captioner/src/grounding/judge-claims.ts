import type { Caption, Detection, JsonObject } from '@internvid/core';
import { supportFor } from '../claims.js';
import type { ColourName } from '../colours.js';
import { editDistance } from '../edit-distance.js';
import { compareMoves } from './camera-moves.js';
import { claimsIn, type CaptionClaim } from './caption-claims.js';
import { TOLD_APART } from './lexicon.js';

/** What is known of a clip besides the caption in question. */
export type GroundingEvidence = {
  /** The clip's measured facts. */
  readonly facts: JsonObject;
  /** Objects and texts found in its frames. */
  readonly detections: readonly Detection[];
  /** Its captions at other scales, or by other models. */
  readonly others: readonly Pick<Caption, 'text'>[];
};

/** `supported`: something measured says the same; `contradicted`: something measured excludes it; `unknown`: neither. */
export type Verdict = 'supported' | 'contradicted' | 'unknown';

/** A claim with what became of it. */
export type JudgedClaim = CaptionClaim & {
  readonly verdict: Verdict;
  /** What decided; none for an unknown claim. */
  readonly by?: 'detections' | 'facts' | 'captions' | 'encoder';
};

/** A thing counts in a frame from here. */
const LIKELY = 0.4;
/** From here a class is plain to see: its look-alikes, and smaller numbers of it, are excluded. */
const PLAIN = 0.6;
/** Colourfulness (Hasler and Süsstrunk) below which a clip has no colours: grey films of the shared set stay below 3. */
const COLOURLESS = 4;
const GREYS: readonly ColourName[] = ['black', 'grey', 'white'];
const STILL_SHARE = 0.95;
/** Letters of a quotation that may differ from what was read, and those that may in one that was misread, as shares. */
const SAME_TEXT = 0.2;
const MISQUOTED = 0.45;

/** Judges each claim of a caption by what was measured in its clip, then by the other captions. */
export function judgeClaims(caption: string, evidence: GroundingEvidence): readonly JudgedClaim[] {
  const others = evidence.others.flatMap(({ text }) => claimsIn(text));
  return claimsIn(caption).map((claim) => {
    const [verdict, by] = byMeasurement(claim, evidence);
    if (verdict !== 'unknown') return { ...claim, verdict, by };
    if (others.some((other) => saysTheSame(claim, other)))
      return { ...claim, verdict: 'supported', by: 'captions' };
    return { ...claim, verdict: 'unknown' };
  });
}

/**
 * Share of the claims that something speaks for, an unknown one counting half: detectors miss nearly half of what is
 * there, so that silence is no evidence against. Undefined for a caption without claims.
 */
export function supportOf(claims: readonly Pick<JudgedClaim, 'verdict'>[]): number | undefined {
  if (claims.length === 0) return undefined;
  const worth: Readonly<Record<Verdict, number>> = { supported: 1, unknown: 0.5, contradicted: 0 };
  return claims.reduce((sum, { verdict }) => sum + worth[verdict], 0) / claims.length;
}

type Finding = readonly [verdict: Verdict, by: 'detections' | 'facts'];

function byMeasurement(claim: CaptionClaim, evidence: GroundingEvidence): Finding {
  const { facts, detections } = evidence;
  switch (claim.kind) {
    case 'object':
      return [ofClass(claim.classes, detections), 'detections'];
    case 'count':
      return [ofCount(claim, detections), 'detections'];
    case 'text':
      return [ofText(claim.quoted, detections), 'detections'];
    case 'camera':
      return [
        typeof facts['camera'] === 'string' ? compareMoves(claim.move, facts['camera']) : 'unknown',
        'facts',
      ];
    case 'colour':
      return [
        isColourless(facts) && !GREYS.includes(claim.colour) ? 'contradicted' : 'unknown',
        'facts',
      ];
    case 'action':
      return [
        Number(facts['freezeRatio'] ?? 0) >= STILL_SHARE ? 'contradicted' : 'unknown',
        'facts',
      ];
  }
}

function ofClass(classes: readonly string[], detections: readonly Detection[]): Verdict {
  if (classes.some((label) => isSeen(label, detections))) return 'supported';
  const isToldApart = classes.every((label) => TOLD_APART.has(label));
  const seenAtAll = objectsOf(detections).some(({ label }) => classes.includes(label));
  const lookAlike = [...TOLD_APART].some((label) => atOnce(label, PLAIN, detections).length >= 2);
  return isToldApart && !seenAtAll && lookAlike ? 'contradicted' : 'unknown';
}

/** By the embedded captioner's own limits. */
function isSeen(label: string, detections: readonly Detection[]): boolean {
  const { once, best, again } = supportFor(label);
  const frames = (score: number): number => atOnce(label, score, detections).length;
  return frames(once) >= 1 || (frames(best) >= 1 && frames(again) >= 2);
}

/** A number is right when two frames show it; wrong when two frames plainly show more, or none was said and one is seen. */
function ofCount(
  { classes, least, most }: Extract<CaptionClaim, { kind: 'count' }>,
  detections: readonly Detection[],
): Verdict {
  const second = (score: number): number =>
    classes.reduce((sum, label) => sum + (atOnce(label, score, detections)[1] ?? 0), 0);
  if (most === 0)
    return classes.some((label) => isSeen(label, detections)) ? 'contradicted' : 'unknown';
  if (second(PLAIN) > most) return 'contradicted';
  const counted = second(LIKELY);
  return counted >= least && counted <= most ? 'supported' : 'unknown';
}

/** How many of a class each frame shows at a score, the most first; frames without any left out. */
function atOnce(label: string, score: number, detections: readonly Detection[]): readonly number[] {
  const frames = new Map<number, number>();
  for (const { label: found, confidence, timeMs } of objectsOf(detections)) {
    if (found === label && confidence >= score) frames.set(timeMs, (frames.get(timeMs) ?? 0) + 1);
  }
  return [...frames.values()].sort((a, b) => b - a);
}

function objectsOf(detections: readonly Detection[]): readonly Detection[] {
  return detections.filter(({ kind }) => kind === 'object');
}

/** What was read may hold more than the quotation, in one line or several of a frame. */
function ofText(quoted: string, detections: readonly Detection[]): Verdict {
  const wanted = letters(quoted);
  if (wanted === '') return 'unknown';
  const frames = new Map<number, string>();
  for (const { kind, label, timeMs } of detections)
    if (kind === 'text') frames.set(timeMs, (frames.get(timeMs) ?? '') + letters(label));
  const lines = detections.filter(({ kind }) => kind === 'text').map(({ label }) => letters(label));
  if ([...frames.values()].some((read) => read.includes(wanted))) return 'supported';
  const apart = (line: string): number =>
    editDistance(line, wanted) / Math.max(line.length, wanted.length);
  const least = Math.min(1, ...lines.map(apart));
  if (least <= SAME_TEXT) return 'supported';
  return least <= MISQUOTED && wanted.length >= 6 ? 'contradicted' : 'unknown';
}

function letters(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

function isColourless({ colourfulness }: JsonObject): boolean {
  return typeof colourfulness === 'number' && colourfulness < COLOURLESS;
}

function saysTheSame(claim: CaptionClaim, other: CaptionClaim): boolean {
  if (claim.kind === 'object' && other.kind === 'object')
    return other.classes.some((label) => claim.classes.includes(label));
  if (claim.kind === 'count' && other.kind === 'count')
    return (
      claim.least === other.least && other.classes.some((label) => claim.classes.includes(label))
    );
  if (claim.kind === 'colour' && other.kind === 'colour') return claim.colour === other.colour;
  if (claim.kind === 'action' && other.kind === 'action') return claim.stem === other.stem;
  if (claim.kind === 'camera' && other.kind === 'camera') return claim.move === other.move;
  return (
    claim.kind === 'text' &&
    other.kind === 'text' &&
    letters(claim.quoted) === letters(other.quoted)
  );
}
