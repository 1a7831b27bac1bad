import type { JsonObject, JsonValue } from '@internvid/core';
import type { CaptionRequest } from '../captioner.js';

/** What a request tells a model besides the pictures. */
export type Material = {
  /** Text from outside by field, such as `title` and `transcript`: data that may hold anything. */
  readonly texts: Readonly<Record<string, string>>;
  /** What was measured, in words of our own. */
  readonly measured: JsonObject;
};

/** Longest text of a field in characters: a title of a book, a transcript of some five minutes. */
const MAX_LENGTHS: Readonly<Record<string, number>> = {
  title: 200,
  tags: 300,
  description: 600,
  transcript: 4_000,
  onScreenText: 1_000,
};

const STILL = 0.95;
const SILENT = 0.99;
/** Picture widths a second. Of 20 clips of real videos 3 lie below the first and 5 above the second. */
const LITTLE = 0.01;
const MUCH = 0.1;

/** What is known of a clip: of its video's page, of what was said and read, and of what was measured. */
export function materialOf({ clip, context = {} }: CaptionRequest): Material {
  const { title, tags, description } = clip.video.metadata;
  const found = {
    title,
    tags,
    description,
    transcript: context.transcript,
    onScreenText: context.onScreenText,
  };
  const texts: Record<string, string> = {};
  for (const [field, value] of Object.entries(found)) {
    const text = plainText(value).slice(0, MAX_LENGTHS[field]);
    if (text !== '') texts[field] = text;
  }
  return { texts, measured: measuredWords(clip.facts) };
}

function measuredWords(facts: JsonObject): JsonObject {
  const { camera, silenceRatio } = facts;
  const movement = movementOf(facts);
  return {
    ...(typeof camera === 'string' && camera !== 'unclear'
      ? { camera: camera.replaceAll('-', ' ') }
      : {}),
    ...(movement === undefined ? {} : { movement }),
    ...(typeof silenceRatio === 'number' && silenceRatio >= SILENT ? { sound: 'silence' } : {}),
  };
}

/** How much moves in the picture, whatever moves it. */
function movementOf({ freezeRatio, motionWidthsPerSecond: speed }: JsonObject): string | undefined {
  if (typeof freezeRatio === 'number' && freezeRatio >= STILL) return 'none';
  if (typeof speed !== 'number') return undefined;
  if (speed < LITTLE) return 'little';
  return speed < MUCH ? 'some' : 'much';
}

/** Text as a reader sees it: characters that nobody sees could say to a model what nobody can check. */
function plainText(value: JsonValue | undefined): string {
  if (Array.isArray(value)) return value.map(plainText).filter(Boolean).join(' | ');
  if (typeof value !== 'string') return '';
  return value
    .replace(/[\p{Cf}\p{Co}\p{Cn}\p{Cs}]/gu, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}
