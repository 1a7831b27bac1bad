/** What people saw in one shot; see the notes in `truth/objects.json`. */
export type ShotTruth = {
  readonly start_s: number;
  readonly end_s: number;
  readonly present: readonly string[];
  readonly possible: readonly string[];
  readonly people_max: readonly [least: number, most: number] | null;
  readonly camera: string;
  readonly camera_also?: readonly string[];
  readonly text: readonly string[];
  readonly text_partial?: boolean;
};
/** The shots of one video. */
export type VideoTruth = { readonly file: string; readonly shots: readonly ShotTruth[] };

/** Counts of what captions stated, right or wrong, and of what they left out. */
export type CaptionScore = {
  objects: Tally;
  text: Tally;
  camera: Tally;
  people: { stated: number; wrong: number };
  clips: number;
  seconds: number;
};
type Tally = { right: number; wrong: number; missed: number };

/** Counts from nothing. */
export function newCaptionScore(): CaptionScore {
  const tally = (): Tally => ({ right: 0, wrong: 0, missed: 0 });
  return {
    objects: tally(),
    text: tally(),
    camera: tally(),
    people: { stated: 0, wrong: 0 },
    clips: 0,
    seconds: 0,
  };
}

/** Adds what a caption states to the score and gives what is wrong with it, in words. */
export function judgeCaption(
  shot: ShotTruth,
  caption: string,
  labels: readonly string[],
  score: CaptionScore,
): readonly string[] {
  const said = caption.replaceAll(/"[^"]*"/g, '').toLowerCase();
  return [
    ...judgeObjects(shot, said, labels, score.objects),
    ...judgePeople(shot, said, score.people),
    ...judgeCamera(shot, said, score.camera),
    ...judgeText(shot, caption, score.text),
  ];
}

/** How captions say a class whose label is no common word. */
const WORDS: Readonly<Record<string, string>> = {
  person: 'person|people',
  tv: 'televisions?',
  'dining table': 'tables?',
  'sports ball': 'balls?',
  bus: 'bus(?:es)?',
  bench: 'bench(?:es)?',
  knife: 'kni(?:fe|ves)',
  mouse: 'mouse|mice',
  // Without an article or a number it is a colour.
  orange: '(?:an|two|three|several) oranges?',
};

function judgeObjects(
  { present, possible }: ShotTruth,
  said: string,
  labels: readonly string[],
  tally: Tally,
): readonly string[] {
  const stated = labels.filter((label) =>
    // A teddy bear is no bear, a hot dog no dog.
    new RegExp(`(?<!teddy |hot )\\b(?:${WORDS[label] ?? `${label}s?`})\\b`).test(said),
  );
  const right = stated.filter((label) => present.includes(label)).length;
  const wrong = stated.filter((label) => !present.includes(label) && !possible.includes(label));
  tally.right += right;
  tally.wrong += wrong.length;
  tally.missed += present.length - right;
  return wrong.map((label) => `no ${label}`);
}

const PEOPLE: readonly (readonly [words: RegExp, least: number, most: number])[] = [
  [/\ba person\b/, 1, 1],
  [/\btwo people\b/, 2, 2],
  [/\bthree people\b/, 3, 3],
  [/\bseveral people\b/, 3, Infinity],
];

/** "A person" claims one at least, a number claims that many at one time. */
function judgePeople(
  { people_max: people }: ShotTruth,
  said: string,
  tally: CaptionScore['people'],
): readonly string[] {
  const stated = PEOPLE.find(([words]) => words.test(said));
  if (stated === undefined || people === null) return [];
  const [, least, most] = stated;
  const wrong = least > people[1] || (least > 1 && most < people[0]);
  tally.stated++;
  if (wrong) tally.wrong++;
  return wrong ? [`${people.join(' to ')} people`] : [];
}

const CAMERA: readonly (readonly [move: string, words: RegExp])[] = [
  ['static', /does not move|stays still|camera is still|static shot/],
  ['pan-left', /pans (?:to the )?left/],
  ['pan-right', /pans (?:to the )?right/],
  ['tilt-up', /tilts up/],
  ['tilt-down', /tilts down/],
  ['zoom-in', /zooms in|closes in/],
  ['zoom-out', /zooms out|pulls back/],
  ['roll', /camera (?:rolls|turns)/],
  ['shake', /shak[ey]/],
  ['moving', /camera (?:moves|keeps moving)(?! or)/],
];
/** Words of the truth that a move of the caption is right by, besides its own. */
const ALSO_RIGHT: Readonly<Record<string, readonly string[]>> = {
  'zoom-in': ['forward'],
  shake: ['handheld'],
};
const NO_MOVEMENT = ['static', 'unclear'];

function judgeCamera(
  { camera, camera_also: also = [] }: ShotTruth,
  said: string,
  tally: Tally,
): readonly string[] {
  const truth = [camera, ...also];
  const move = CAMERA.find(([, words]) => words.test(said))?.[0];
  if (move === undefined) {
    if (camera !== 'unclear') tally.missed++;
    return [];
  }
  if (camera === 'unclear') return [];
  const right =
    move === 'moving'
      ? truth.some((word) => !NO_MOVEMENT.includes(word))
      : truth.some((word) => word === move || (ALSO_RIGHT[move] ?? []).includes(word));
  if (right) tally.right++;
  else tally.wrong++;
  return right ? [] : [`camera ${truth.join(' or ')}`];
}

/** Letters of a quotation that may differ from the truth, as a share of it. */
const MISREAD = 0.1;

/** A quotation is right when the truth has it, in one line or several, but for a tenth of its letters. */
function judgeText(
  { text, text_partial: isPartial = false }: ShotTruth,
  caption: string,
  tally: Tally,
): readonly string[] {
  const quoted = [...caption.matchAll(/"([^"]*)"/g)].map(([, words = '']) => words);
  const truth = letters(text.join(' '));
  const isTrue = (words: string): boolean => leastEdits(letters(words), truth) <= MISREAD;
  const unknown = quoted.filter((words) => !isTrue(words));
  tally.right += quoted.length - unknown.length;
  const said = letters(quoted.join(' '));
  tally.missed += text.filter((line) => leastEdits(letters(line), said) > MISREAD).length;
  if (isPartial) return [];
  tally.wrong += unknown.length;
  return unknown.map((words) => `no text "${words}"`);
}

function letters(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** Fewest edits that make `wanted` of any stretch of `text`, as a share of its length (Sellers, 1980). */
function leastEdits(wanted: string, text: string): number {
  let column = Array.from({ length: wanted.length + 1 }, (_, at) => at);
  let least = wanted.length;
  for (const letter of text) {
    const before = column;
    column = [0];
    for (let at = 1; at <= wanted.length; at++) {
      const replaced = (before[at - 1] ?? 0) + (wanted[at - 1] === letter ? 0 : 1);
      column.push(Math.min(replaced, (before[at] ?? 0) + 1, (column[at - 1] ?? 0) + 1));
    }
    least = Math.min(least, column.at(-1) ?? 0);
  }
  return wanted.length === 0 ? 0 : least / wanted.length;
}
