/** Verbs and nouns of a text, as they stand in a dictionary. */
export type EnglishWords = { readonly verbs: readonly string[]; readonly nouns: readonly string[] };

/** Finds the verbs and nouns of texts; one that is kept remembers what words are, which is most of the work. */
export type WordFinder = (text: string) => EnglishWords;

/**
 * Finds verbs and nouns of an English caption by rules, not by a tagger. A verb is a form of one of some 200 verbs of action, unless a
 * determiner stands before it ("a walk"). A noun is the last word of what follows a determiner, number or possessive up to the next
 * function word, verb or stop, in the singular; so "a small red car" gives "car", and nouns without a determiner are missed.
 */
export function englishWords(text: string): EnglishWords {
  return wordsBy(text, kindOf);
}

/** `englishWords` for many texts. Memory: up to 50 000 words, some 5 MB. */
export function englishWordFinder(): WordFinder {
  const known = new Map<string, TokenKind>();
  const remembered = (token: string): TokenKind => {
    let kind = known.get(token);
    if (kind !== undefined) return kind;
    kind = kindOf(token);
    if (known.size < REMEMBERED) known.set(token, kind);
    return kind;
  };
  return (text) => wordsBy(text, remembered);
}

const REMEMBERED = 50_000;

/** What a token can be. */
type TokenKind = {
  /** Begins a phrase that a noun ends. */
  readonly opens: boolean;
  /** Ends a phrase where it is no verb. */
  readonly closes: boolean;
  readonly verb: string | undefined;
  readonly singular: string;
};

function kindOf(token: string): TokenKind {
  return {
    opens: OPENERS.has(token) || /^\d/.test(token),
    closes: FUNCTION_WORDS.has(token) || !/^[a-z]/.test(token),
    verb: verbOf(token),
    singular: singular(token),
  };
}

function wordsBy(text: string, kindOf: (token: string) => TokenKind): EnglishWords {
  const verbs: string[] = [];
  const nouns: string[] = [];
  let phrase: string | undefined;
  let isOpen = false;
  for (const token of text.toLowerCase().match(/[a-z]+(?:'[a-z]+)?|\d+|[^\sa-z\d]/g) ?? []) {
    const { opens, closes, verb, singular } = kindOf(token);
    // A verb right behind a determiner is none: "a walk".
    const isVerb = verb !== undefined && (phrase !== undefined || !isOpen);
    if (opens || closes || isVerb) {
      if (phrase !== undefined) nouns.push(phrase);
      phrase = undefined;
      isOpen = opens;
      if (isVerb && !opens) verbs.push(verb);
    } else if (isOpen) phrase = singular;
  }
  if (phrase !== undefined) nouns.push(phrase);
  return { verbs, nouns };
}

function verbOf(token: string): string | undefined {
  const irregular = IRREGULAR.get(token);
  if (irregular !== undefined) return irregular;
  return stems(token).find((stem) => VERBS.has(stem));
}

/** What an inflected form may come from: "running" from "run", "rides" from "ride", "carried" from "carry". */
function stems(token: string): readonly string[] {
  const [, stem = '', ending = ''] = /^(.*?)(ing|ied|ies|ed|es|s)$/.exec(token) ?? [];
  if (stem.length < 2) return [token];
  if (ending === 'ied' || ending === 'ies') return [token, `${stem}y`];
  const single = /([b-df-hj-np-tv-z])\1$/.test(stem) ? [stem.slice(0, -1)] : [];
  const rest = ending === 'es' ? [`${stem}e`, stem] : [stem, `${stem}e`];
  return ending === 's' ? [token, stem] : [token, ...rest, ...single];
}

function singular(noun: string): string {
  const own = PLURALS.get(noun.replace(/'s$/, ''));
  if (own !== undefined) return own;
  const word = noun.replace(/'s$/, '');
  if (/(?:ss|us|is)$/.test(word) || word.length < 4) return word;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(?:ch|sh|x|ss|z)es$/.test(word)) return word.slice(0, -2);
  return word.endsWith('s') ? word.slice(0, -1) : word;
}

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const OPENERS =
  words(`a an the this that these those his her its their my your our some several many few
  two three four five six seven eight nine ten another each every both no`);

const FUNCTION_WORDS =
  words(`and or but nor so of in on at by for from with without to into onto over under
  behind beside between near next through across around along against above below inside outside off up down
  out away back toward towards during while as when where which who whose whom what it he she they them him we
  us you i me is are was were be been being am has have had do does did can could will would may might must
  should there here not then than if because until after before also very too just only still again together
  mostly largely mainly like about`);

const VERBS =
  words(`add aim appear approach arrive assemble attach bake balance bathe bend bite blend blink blow
  board boil bounce bow bow break brush build burn buy call carry carve catch celebrate change chase cheer chew
  chop clap clean climb close come compete connect cook cough count cover crawl cross cry cut dance demonstrate
  descend dig dive draw dress drink drive drop dry eat embrace enter examine exercise exit explain fall feed
  fight fill fish fix flip float fly fold follow fry gather gesture get give glide go grab greet grill grin grow
  hang help hike hit hold hop hug hunt inspect iron jog jump kick kiss knead kneel knit knock laugh lead lean
  leap leave lick lie lift light listen load look make march measure meet melt mix move nod open pack paint pan
  park pass pedal peel perform pet pick place plant play point pour pray prepare present press pull punch push
  put raise reach read ride rise roll rotate row rub run sail salute sand saw scatter score scrape scrub search
  serve set sew shake share shave shine shoot shout shovel show sing sip sit skate ski skip sleep slice slide
  slip smell smile smoke snow solve speak spin splash spray spread squat squeeze stack stand start stay step
  stir stop stretch stroke surf sweep swim swing take talk taste tear throw tie tilt touch tow train travel turn
  twirl type unload use visit wait wake walk wander wash watch water wave wear weave weld whisk wipe work wrap
  wrestle write yawn zoom`);

const IRREGULAR: ReadonlyMap<string, string> = new Map(
  `ran:run ate:eat eaten:eat drank:drink drove:drive driven:drive flew:fly flown:fly gave:give given:give
  held:hold hung:hang lay:lie lying:lie made:make met:meet put:put rode:ride ridden:ride rose:rise sang:sing
  sat:sit shook:shake shot:shoot shown:show slept:sleep slid:slide spoke:speak spun:spin stood:stand swam:swim
  swept:sweep swung:swing took:take taken:take threw:throw thrown:throw tying:tie wore:wear worn:wear
  wrote:write written:write went:go gone:go came:come built:build broke:break caught:catch cut:cut drew:draw
  drawn:draw fell:fall fallen:fall fed:feed fought:fight led:lead left:leave read:read dug:dig`
    .trim()
    .split(/\s+/)
    .map((pair): [string, string] => {
      const [form = '', verb = ''] = pair.split(':');
      return [form, verb];
    }),
);

const PLURALS: ReadonlyMap<string, string> = new Map([
  ['people', 'person'],
  ['men', 'man'],
  ['women', 'woman'],
  ['children', 'child'],
  ['feet', 'foot'],
  ['teeth', 'tooth'],
  ['leaves', 'leaf'],
  ['knives', 'knife'],
  ['buses', 'bus'],
  ['glasses', 'glass'],
  ['series', 'series'],
]);
