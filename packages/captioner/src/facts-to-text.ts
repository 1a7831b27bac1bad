import type { JsonObject } from '@internvid/core';
import { accentClaims, accentSentence } from './accent-words.js';
import { cameraClause, isStill, motionClause } from './camera-words.js';
import { objectClaims } from './claims.js';
import { meanColours } from './colours.js';
import { eventsOf, eventSentence } from './event-words.js';
import type { FrameEvidence } from './frame-evidence.js';
import { largestFace } from './people.js';
import { placedThings, steadyThings } from './object-words.js';
import { clearColours, lightEvent, pictureSentence } from './picture-words.js';
import { openings, type Material, type Told } from './sentence-plans.js';
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
  const untold = <Part>(part: Told, said: Part): Part | undefined =>
    tells.includes(part) ? undefined : said;
  const groups = [
    ...(untold('events', events) ?? []).map((event) => [eventSentence(event)]),
    [untold('texts', textSentence(texts, material.frames, seed))],
    [
      untold('picture', pictureSentence(picture, seed)),
      untold('accents', accentSentence(picture.accents, seed)),
    ],
    [untold('camera', camera), motionClause(facts, seed)],
    [lightEvent(source.frames.map(({ evidence }) => evidence.colours))],
  ].map((group) => group.filter((clause) => clause !== undefined));
  return [text, ...joined(groups)].map(sentence).join(' ');
}

/** A sentence of each group of clauses; two neighbours with one short clause each share a sentence. */
function joined(groups: readonly (readonly string[])[]): readonly string[] {
  const sentences: string[] = [];
  let mayJoin = false;
  for (const clauses of groups.filter(({ length }) => length > 0)) {
    const text = clauses.join(', and ');
    const isShort = clauses.length === 1 && !/[",;]/.test(text);
    if (mayJoin && isShort) sentences.push(`${sentences.pop() ?? ''}, and ${text}`);
    else sentences.push(text);
    mayJoin = isShort && !mayJoin;
  }
  return sentences;
}

function materialOf({ seed, frames, facts = {} }: TextSource): Material {
  const evidence = frames.map((frame) => frame.evidence);
  const claims = objectClaims(evidence).slice(0, MAX_OBJECTS);
  const face = Math.max(0, ...evidence.map(largestFace));
  const objects = frames.map(({ timeMs, evidence: found }) => ({ timeMs, objects: found.objects }));
  const whole = meanColours(evidence.map(({ colours }) => colours));
  return {
    seed,
    frames: frames.length,
    claims,
    things: frames.length === 1 ? placedThings(claims, face) : steadyThings(claims, objects, face),
    events: eventsOf(claims, objects, facts['camera'] === 'static'),
    texts: textClaims(evidence),
    picture: {
      whole,
      upper: meanColours(evidence.map(({ upper }) => upper)),
      lower: meanColours(evidence.map(({ lower }) => lower)),
      accents: accentClaims(
        evidence.map(({ accents }) => accents),
        clearColours(whole),
      ),
    },
    facts,
    camera: isStill(facts) ? undefined : cameraClause(facts, seed),
  };
}
