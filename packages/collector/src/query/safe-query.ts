import { wordsOf } from './phrase.js';

/**
 * What a search must not ask for, by reason. Single words and short phrases, written for this project, compared as whole words with
 * their usual endings, so that `shoot a free throw`, `chicken breast` and `Sussex` pass; `person` stands for any word for people. The
 * list keeps unsuitable searches out; it does not judge what a search finds.
 */
const REFUSED: Readonly<Record<string, string>> = {
  sexual:
    'sex, sexy, sexual, sexually, porn, porno, pornographic, pornography, xxx, nsfw, erotic, erotica, fetish, hentai, orgasm, ' +
    'masturbate, masturbation, intercourse, prostitute, prostitution, escort girl, hooker, striptease, stripper, strip club, ' +
    'lap dance, onlyfans, camgirl, milf, bdsm, bondage, upskirt, downblouse, blowjob, handjob, genital, penis, vagina, boob, ' +
    'nipple, horny, incest, lolita',
  naked: 'nude, nudity, nudist, naked, topless, undress, bare breast, lingerie',
  violent:
    'gore, gory, behead, decapitate, torture, execution, execute prisoner, lynch, massacre, mutilate, dismember, murder, rape, ' +
    'rapist, molest, kill person, stab person, shoot person, strangle person, snuff film, school shooting, animal cruelty, ' +
    'animal abuse, dog fight, cock fight, child abuse, domestic violence',
  'self-harm': 'suicide, suicidal, self harm, cut myself, hang myself, anorexia, thinspo',
  drugs:
    'cocaine, heroin, meth, methamphetamine, crack pipe, snort powder, inject drug, cook drug, fentanyl, lsd, mdma',
  hateful:
    'nazi, white power, ku klux klan, kkk, terrorist attack, isis propaganda, ethnic cleansing, genocide',
};

const PERSON =
  '(?:persons?|people|somebody|someone|human|humans|man|men|woman|women|child|children|boys?|girls?|babies|baby)';

const RULES: readonly (readonly [reason: string, pattern: RegExp])[] = Object.entries(REFUSED).map(
  ([reason, phrases]) => [
    reason,
    new RegExp(` (?:${phrases.split(', ').map(patternOf).join('|')}) `, 'u'),
  ],
);

/**
 * Says why a query is refused: `sexual`, `naked`, `violent`, `self-harm`, `drugs` or `hateful`. English only; digits that stand for
 * letters (`s3x`, `p0rn`) and letters set apart (`s e x`) are read as words.
 *
 * @returns undefined for a query that may be asked.
 */
export function reasonToRefuse(query: string): string | undefined {
  const spellings = [query, unmask(query), query.replace(/(?<=\b\p{L}) (?=\p{L}\b)/gu, '')].map(
    plainWords,
  );
  return RULES.find(([, pattern]) => spellings.some((text) => pattern.test(text)))?.[0];
}

/** A phrase with the usual endings of each of its words. */
function patternOf(phrase: string): string {
  return plainWords(phrase).trim().split(' ').map(wordPattern).join(' ');
}

function wordPattern(word: string): string {
  if (word === 'person') return PERSON;
  const last = word.at(-1) ?? '';
  if (last === 'e') return `${word.slice(0, -1)}(?:e|es|ed|er|ers|ing)`;
  if (last === 'y') return `${word.slice(0, -1)}(?:y|ies|ied|ying)`;
  return `${word}(?:s|es|${last}?ed|${last}?ing)?`;
}

/** Lower-case words without accents and articles, between spaces; hyphens part words. */
function plainWords(text: string): string {
  const folded = text.normalize('NFKD').replace(/\p{M}/gu, '');
  const words = wordsOf(folded).flatMap((word) => word.split(/[-'’]/));
  return ` ${words.filter((word) => !/^(?:a|an|the|my|your)$/.test(word)).join(' ')} `;
}

const MASKS: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '@': 'a',
  $: 's',
};

/** Only within words that also have letters: a year is a year. */
function unmask(text: string): string {
  return text.replace(/\S*\p{L}\S*/gu, (word) =>
    word.replace(/[01345@$]/g, (mask) => MASKS[mask] ?? mask),
  );
}
