import type { ColourName } from '../colours.js';

/** Words that captions use for the COCO classes, most specific first where one holds another. Singular, lower case. */
export const OBJECT_WORDS: Readonly<Record<string, readonly string[]>> = {
  person: (
    'person people human man men woman women boy girl child children kid baby toddler lady guy gentleman teenager adult ' +
    'someone somebody individual pedestrian passenger driver rider cyclist biker skater skier surfer swimmer runner dancer player ' +
    'athlete golfer comedian singer musician guitarist performer actor worker soldier chef cook teacher student crowd audience ' +
    'spectator family couple'
  ).split(' '),
  bicycle: ['bicycle', 'bike', 'mountain bike'],
  car: ['car', 'automobile', 'suv', 'sedan', 'convertible', 'taxi', 'minivan', 'race car'],
  motorcycle: ['motorcycle', 'motorbike', 'scooter', 'moped'],
  airplane: ['airplane', 'plane', 'aeroplane', 'aircraft', 'jet'],
  bus: ['bus', 'coach'],
  train: ['train', 'locomotive', 'tram'],
  truck: ['truck', 'lorry', 'pickup'],
  boat: ['boat', 'ship', 'sailboat', 'canoe', 'kayak', 'ferry', 'yacht'],
  'traffic light': ['traffic light'],
  'fire hydrant': ['fire hydrant'],
  'stop sign': ['stop sign'],
  'parking meter': ['parking meter'],
  bench: ['bench'],
  bird: 'bird parrot cockatoo pigeon duck seagull eagle chicken owl sparrow'.split(' '),
  cat: ['cat', 'kitten'],
  dog: 'dog puppy dachshund poodle terrier retriever'.split(' '),
  horse: ['horse', 'pony'],
  sheep: ['sheep', 'lamb'],
  cow: ['cow', 'bull', 'calf', 'cattle'],
  elephant: ['elephant'],
  bear: ['bear'],
  zebra: ['zebra'],
  giraffe: ['giraffe'],
  backpack: ['backpack', 'rucksack'],
  umbrella: ['umbrella', 'parasol'],
  handbag: ['handbag', 'purse'],
  tie: ['necktie'],
  suitcase: ['suitcase'],
  frisbee: ['frisbee'],
  skis: ['skis'],
  snowboard: ['snowboard'],
  'sports ball': ['sports ball', 'basketball', 'football', 'soccer ball', 'tennis ball', 'ball'],
  kite: ['kite'],
  'baseball bat': ['baseball bat'],
  'baseball glove': ['baseball glove'],
  skateboard: ['skateboard'],
  surfboard: ['surfboard'],
  'tennis racket': ['tennis racket', 'racket', 'racquet'],
  bottle: ['bottle'],
  'wine glass': ['wine glass'],
  cup: ['cup', 'mug'],
  fork: ['fork'],
  knife: ['knife'],
  spoon: ['spoon'],
  bowl: ['bowl'],
  banana: ['banana'],
  apple: ['apple'],
  sandwich: ['sandwich', 'burger', 'hamburger'],
  broccoli: ['broccoli'],
  carrot: ['carrot'],
  'hot dog': ['hot dog'],
  pizza: ['pizza'],
  donut: ['donut', 'doughnut'],
  cake: ['cake', 'cupcake'],
  chair: ['chair', 'armchair', 'stool'],
  couch: ['couch', 'sofa'],
  'potted plant': ['potted plant', 'houseplant'],
  bed: ['bed'],
  'dining table': ['dining table', 'table'],
  toilet: ['toilet'],
  tv: ['tv', 'television'],
  laptop: ['laptop'],
  remote: ['remote control'],
  keyboard: ['keyboard'],
  'cell phone': ['cell phone', 'mobile phone', 'smartphone', 'phone'],
  microwave: ['microwave'],
  oven: ['oven'],
  toaster: ['toaster'],
  sink: ['sink'],
  refrigerator: ['refrigerator', 'fridge'],
  book: ['book'],
  clock: ['clock'],
  vase: ['vase'],
  scissors: ['scissors'],
  'teddy bear': ['teddy bear'],
  'hair drier': ['hair drier', 'hair dryer'],
  toothbrush: ['toothbrush'],
};

const ANIMALS = 'bird cat dog horse sheep cow elephant bear zebra giraffe'.split(' ');

/** Words for one of several classes. */
export const HYPERNYMS: Readonly<Record<string, readonly string[]>> = {
  animal: ANIMALS,
  pet: ['cat', 'dog', 'bird'],
  vehicle: ['car', 'truck', 'bus', 'motorcycle', 'train', 'bicycle', 'boat', 'airplane'],
  furniture: ['chair', 'couch', 'bed', 'dining table', 'bench'],
  dish: ['bowl', 'cup'],
};

/** Classes that a detector tells apart well: where one of them is plain to see, another that is never seen is not what is shown. */
export const TOLD_APART: ReadonlySet<string> = new Set(ANIMALS);

/** Plurals that no rule makes, for words of one piece. */
export const SINGULARS: Readonly<Record<string, string>> = {
  knives: 'knife',
  calves: 'calf',
  buses: 'bus',
  benches: 'bench',
  couches: 'couch',
  sandwiches: 'sandwich',
  families: 'family',
  ladies: 'lady',
  babies: 'baby',
  ponies: 'pony',
  lorries: 'lorry',
  ferries: 'ferry',
  puppies: 'puppy',
};

/** Words for the colours that pictures are measured in. */
export const COLOUR_WORDS: Readonly<Record<string, ColourName>> = {
  black: 'black',
  grey: 'grey',
  gray: 'grey',
  silver: 'grey',
  white: 'white',
  red: 'red',
  crimson: 'red',
  maroon: 'red',
  orange: 'orange',
  yellow: 'yellow',
  golden: 'yellow',
  green: 'green',
  turquoise: 'turquoise',
  cyan: 'turquoise',
  teal: 'turquoise',
  blue: 'blue',
  navy: 'blue',
  purple: 'purple',
  violet: 'purple',
  pink: 'pink',
  magenta: 'pink',
  brown: 'brown',
  beige: 'brown',
  tan: 'brown',
};

/** Numbers of things; "a" and "an" say at least one and are no number. */
export const NUMBER_WORDS: Readonly<Record<string, number>> = {
  no: 0,
  one: 1,
  single: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
};

/** Words for three or more; "some" and "many" of people come as often from two as from twenty, so they are left out. */
export const SEVERAL: ReadonlySet<string> = new Set(['several', 'crowd', 'dozens', 'numerous']);

/** Verbs of plain movement, as stems: in a picture in which nothing changes nobody does any of them. */
export const MOVEMENT_STEMS: readonly string[] = (
  'walk run jump driv rid danc swim fly fall throw kick juggl climb skat ski surf spin mix stir knead chas fight ' +
  'wrestl flip march gallop sprint bounc shak'
).split(' ');
