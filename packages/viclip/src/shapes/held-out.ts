import { COLOURS, SHAPES, type ShapesFilm, type Thing } from './film.js';

/** What cannot be told from its own film backwards belongs together: both sides are learnt from, or neither. */
const ACTIONS = [
  ['left', 'right'],
  ['up', 'down'],
  ['grows', 'shrinks'],
  ['still'],
  ['blinks'],
  ['left-up', 'down-right'],
  ['left-down', 'up-right'],
  ['right-up', 'down-left'],
  ['right-down', 'up-left'],
  ['left-right', 'right-left'],
  ['up-down', 'down-up'],
] as const;
/** One combination of so many is held out. */
const SHARE = 7;

/**
 * Whether a film is never trained on: one in seven combinations of shape, colour and action (a motion or a turn, with what it is
 * backwards), and one in seven pairs of things that follow each other, in both orders. Every shape with every colour, and every
 * colour and every shape with every action, is left to learn from.
 */
export function isHeldOut(film: ShapesFilm): boolean {
  if (film.kind === 'sequence') {
    const [first, second] = film.things;
    return (numberOf(first) + numberOf(second)) % SHARE === 0;
  }
  const name = film.kind === 'motion' ? film.motion : film.moves.join('-');
  const action = ACTIONS.findIndex((names) => names.some((one) => one === name));
  const { shape, colour } = film.thing;
  return (SHAPES.indexOf(shape) + 2 * COLOURS.indexOf(colour) + action) % SHARE === 0;
}

function numberOf({ shape, colour }: Thing): number {
  return SHAPES.indexOf(shape) * COLOURS.length + COLOURS.indexOf(colour);
}
