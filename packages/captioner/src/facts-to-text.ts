import type { JsonObject } from '@internvid/core';
import { cameraClause, isStill } from './camera-words.js';
import { objectClaims } from './claims.js';
import { meanColours } from './colours.js';
import { eventsOf, eventSentence } from './event-words.js';
import type { FrameEvidence } from './frame-evidence.js';
import { largestFace } from './people.js';
import { placedThings, thingsOf } from './object-words.js';
import { lightEvent, pictureSentence } from './picture-words.js';
import { openings, type Material } from './sentence-plans.js';
import { textClaims } from './text-claims.js';
import { textSentence } from './text-words.js';
import { chosen, sentence } from './wording.js';

/** A frame and what was found in it. */
export type SeenFrame = { readonly timeMs: number; readonly evidence: FrameEvidence };

/** What a text may be made of. */
export type TextSource = {
  /** Decides among wordings that say the same: the clip's id. */
  readonly seed: string;
  /** At least one, in time order. */
  readonly frames: readonly SeenFrame[];
  /** The clip's measured facts; only given where the text speaks of the whole clip. */
  readonly facts?: JsonObject;
};

const MAX_OBJECTS = 5;

/** English sentences that say what the evidence supports, and nothing that it does not. */
export function factsToText(source: TextSource): string {
  const material = materialOf(source);
  const { seed, events, texts, picture, facts, camera } = material;
  const { text, tells } = chosen(openings(material), seed, 'opening');
  const light = lightEvent(source.frames.map(({ evidence }) => evidence.colours));
  const rest = [
    ...(tells.includes('events') ? [] : events.map(eventSentence)),
    tells.includes('texts') ? undefined : textSentence(texts, material.frames, seed),
    tells.includes('picture') ? undefined : pictureSentence(picture, seed),
    tells.includes('camera') ? undefined : camera,
    light,
    isStill(facts) ? 'nothing moves' : undefined,
  ];
  return [text, ...rest]
    .filter((part) => part !== undefined)
    .map(sentence)
    .join(' ');
}

function materialOf({ seed, frames, facts = {} }: TextSource): Material {
  const evidence = frames.map((frame) => frame.evidence);
  const claims = objectClaims(evidence).slice(0, MAX_OBJECTS);
  const face = Math.max(0, ...evidence.map(largestFace));
  return {
    seed,
    frames: frames.length,
    claims,
    things: frames.length === 1 ? placedThings(claims, face) : thingsOf(claims, face),
    events: eventsOf(
      claims,
      frames.map(({ timeMs, evidence: { objects } }) => ({ timeMs, objects })),
    ),
    texts: textClaims(evidence),
    picture: {
      whole: meanColours(evidence.map(({ colours }) => colours)),
      upper: meanColours(evidence.map(({ upper }) => upper)),
      lower: meanColours(evidence.map(({ lower }) => lower)),
    },
    facts,
    camera: isStill(facts) ? undefined : cameraClause(facts, seed),
  };
}
