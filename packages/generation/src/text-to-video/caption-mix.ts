import { sha256, type Caption, type JsonObject } from '@internvid/core';

import { captionAt, chosenCaption, DEFAULT_CAPTION_PREFERENCE, type Sample } from '../sample.js';
import { measuredWords } from './measured-words.js';

/**
 * How a clip is described: `long` by its fullest caption, `short` by the caption of its middle frame, or else the first sentence of the
 * long one, `structured` by the long one and what was measured under headings.
 */
export type CaptionForm = 'long' | 'short' | 'structured';

/** Which captions are drawn. */
export type CaptionMix = {
  /** Share of each form; they sum to 1. Default long 0.6, short 0.3, structured 0.1. */
  readonly shares?: Readonly<Partial<Record<CaptionForm, number>>>;
  /** Share of the captions that measured motion and camera words are added to, 0 to 1. Default 1. */
  readonly measuredShare?: number;
  /** Another seed, another draw. Default 42. */
  readonly seed?: number;
};

/** A caption as it was drawn. */
export type DrawnCaption = {
  readonly form: CaptionForm;
  readonly text: string;
  /** The measured words in it; empty where there are none. */
  readonly measured: string;
  /** The caption that the words are from. */
  readonly from: Caption;
};

/** A mix with its defaults, checked. */
export type SettledMix = {
  readonly shares: Readonly<Record<CaptionForm, number>>;
  readonly measuredShare: number;
  readonly seed: number;
};

/** In the order in which shares are laid out. */
export const CAPTION_FORMS: readonly CaptionForm[] = ['long', 'short', 'structured'];

/** @throws RangeError for shares that do not sum to 1. */
export function captionMix(mix: CaptionMix = {}): SettledMix {
  const { shares = { long: 0.6, short: 0.3, structured: 0.1 }, measuredShare = 1, seed = 42 } = mix;
  const { long = 0, short = 0, structured = 0 } = shares;
  const all = { long, short, structured };
  const values = Object.values(all);
  const sum = values.reduce((total, value) => total + value, 0);
  if (values.some((value) => !(value >= 0)) || Math.abs(sum - 1) > 1e-9)
    throw new RangeError(`captions.shares must be at least 0 and sum to 1, got ${sum}.`);
  if (!(measuredShare >= 0 && measuredShare <= 1))
    throw new RangeError(`captions.measuredShare must be from 0 to 1, got ${measuredShare}.`);
  return { shares: all, measuredShare, seed };
}

/**
 * Draws the caption of a sample by the seed and its clip id alone, whatever else is in the set. A form that the sample does not have
 * leaves its share to the others.
 *
 * @throws ToolkitError `invalid-record` for a sample without a caption.
 */
export function drawCaption(sample: Sample, mix: SettledMix): DrawnCaption {
  const forms = formsOf(sample);
  const form = pick(sample.clip.id, forms, mix);
  const drawn = forms.get(form);
  if (drawn === undefined) throw new TypeError(`The clip ${sample.clip.id} has no form ${form}.`);
  const isWanted = uniform(`${mix.seed} measured ${sample.clip.id}`) < mix.measuredShare;
  if (form === 'structured') return { form, ...drawn };
  const measured = isWanted ? addedWords(drawn.text, sample.clip.facts) : '';
  const text = measured === '' ? drawn.text : `${withStop(drawn.text)} ${measured}`;
  return { form, text, measured, from: drawn.from };
}

type Form = { readonly text: string; readonly measured: string; readonly from: Caption };

function formsOf(sample: Sample): ReadonlyMap<CaptionForm, Form> {
  const from = chosenCaption(sample, DEFAULT_CAPTION_PREFERENCE);
  const text = from.text.trim();
  const coarse = captionAt(sample, 'coarse');
  const forms = new Map<CaptionForm, Form>([['long', { text, measured: '', from }]]);
  const short = coarse?.text.trim() ?? '';
  if (coarse !== undefined && short !== '')
    forms.set('short', { text: short, measured: '', from: coarse });
  else forms.set('short', { text: firstSentence(text, from.language), measured: '', from });
  const structured = structuredText(text, sample.clip.facts);
  if (structured !== undefined) forms.set('structured', { ...structured, from });
  return forms;
}

function pick(
  clip: string,
  forms: ReadonlyMap<CaptionForm, Form>,
  { shares, seed }: SettledMix,
): CaptionForm {
  const present = CAPTION_FORMS.filter((form) => forms.has(form) && shares[form] > 0);
  const total = present.reduce((sum, form) => sum + shares[form], 0);
  let left = uniform(`${seed} form ${clip}`) * total;
  for (const form of present) {
    left -= shares[form];
    if (left < 0) return form;
  }
  return present.at(-1) ?? 'long';
}

/** From 0 to below 1, the same for the same text on every machine. */
function uniform(text: string): number {
  return Number.parseInt(sha256(text).slice(0, 12), 16) / 2 ** 48;
}

/** What a caption says of the camera already is not said twice. */
function addedWords(text: string, facts: JsonObject): string {
  const { camera, motion } = measuredWords(facts);
  const words = /\bcamera\b/i.test(text) ? [motion] : [camera, motion];
  return words.filter((word) => word !== undefined).join(' ');
}

function structuredText(text: string, facts: JsonObject): Omit<Form, 'from'> | undefined {
  const { camera, motion } = measuredWords(facts);
  const measured = [
    ...(camera === undefined ? [] : [`Camera: ${camera}`]),
    ...(motion === undefined ? [] : [`Motion: ${motion}`]),
  ].join('\n');
  return measured === ''
    ? undefined
    : { text: `Content: ${withStop(text)}\n${measured}`, measured };
}

function firstSentence(text: string, language: string): string {
  const [first] = new Intl.Segmenter(language, { granularity: 'sentence' }).segment(text);
  return (first?.segment ?? text).trim();
}

function withStop(text: string): string {
  return /[.!?。！？…]["'”’)]*$/u.test(text) ? text : `${text}.`;
}
