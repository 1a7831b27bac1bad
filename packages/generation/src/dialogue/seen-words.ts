/** Words for people: any of them supports the general ones. */
export const PEOPLE: ReadonlySet<string> = new Set(
  'person people man men woman women boy girl child children baby kid lady guy human crowd player'.split(
    ' ',
  ),
);

/** Words for anybody, which any word for people supports. */
export const ANYBODY: ReadonlySet<string> = new Set(
  'person people someone somebody individual human figure'.split(' '),
);

/** Plain colour names. */
export const COLOURS: ReadonlySet<string> = new Set(
  (
    'black white grey gray red orange yellow green turquoise cyan blue purple violet pink magenta brown beige gold golden ' +
    'silver maroon navy teal'
  ).split(' '),
);

/** Words for a direction. */
export const DIRECTIONS: ReadonlySet<string> = new Set(
  (
    'left right leftward leftwards rightward rightwards upward upwards downward downwards forward forwards backward backwards ' +
    'clockwise anticlockwise counterclockwise'
  ).split(' '),
);

/** Names of things that can be seen: the classes of COCO in single words, and what else is often claimed of films. */
export const THINGS: ReadonlySet<string> = new Set(
  (
    'bicycle bike car motorcycle airplane plane aeroplane bus train truck lorry boat ship hydrant bench bird cat dog puppy kitten ' +
    'horse sheep cow elephant bear zebra giraffe backpack umbrella handbag bag tie suitcase frisbee ski snowboard ball kite bat ' +
    'glove skateboard surfboard racket racquet bottle glass cup fork knife spoon bowl banana apple sandwich broccoli carrot ' +
    'pizza donut cake chair couch sofa plant bed table toilet tv television laptop computer mouse remote keyboard phone microwave oven ' +
    'toaster sink refrigerator fridge book clock vase scissors teddy hair toothbrush house building tree forest mountain hill lake ' +
    'river sea ocean beach sky cloud sun moon snow rain fire street road bridge wall window door kitchen room garden field grass ' +
    'flower hat shirt dress jacket shoe guitar piano drum microphone camera sign screen animal fish turtle butterfly lion tiger ' +
    'monkey rabbit chicken duck bread food drink water hand face head robot rocket gun sword'
  ).split(' '),
);

/** Numbers in words; "one" is left out, since it stands for things as often as for a number. */
export const NUMBER_WORDS: Readonly<Record<string, number>> = {
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  twenty: 20,
  dozen: 12,
  twice: 2,
  thrice: 3,
  both: 2,
};
