/** How likely a frame is the first of a shot. */
export type CutChance = {
  readonly index: number;
  readonly timeMs: number;
  readonly chance: number;
};

/** How likely a frame lies inside a gradual transition, and of which kind it would be. */
export type GradualChance = CutChance & {
  readonly kind: GradualKind;
  /** Standard deviation and mean of the frame's luma. */
  readonly contrast: number;
  readonly mean: number;
};

/** As in `BoundaryKind`: pushes count as wipes, changes through black or white as fades. */
export type GradualKind = 'fade' | 'dissolve' | 'wipe';

/** A change of shot: for a cut both frames are the first one of the new shot, else the first mixed and the first plain one. */
export type Transition = {
  readonly kind: 'cut' | GradualKind;
  readonly startFrame: number;
  readonly endFrame: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly chance: number;
};

/** From which probabilities on something is a boundary. */
export type DecisionLimits = { readonly cut: number; readonly gradual: number };

/** Of two cuts so close together the likelier one stays, in frames. */
const CUT_DISTANCE = 2;
/** A gradual transition is as long as its frames stay above this share of the limit, once one is above the limit. */
const EDGE_SHARE = 0.6;
/** Looks at frames that a gradual transition must hold. */
const LEAST_LOOKS = 3;
/** A likelier cut takes the place of a gradual transition around it unless that lasts for so many looks. */
const LOOKS_OVER_CUT = 6;

/** A frame is black below this contrast and mean, in grey levels. */
const BLACK_CONTRAST = 5;
const BLACK_MEAN = 48;
/** Share of the later contrast from which a picture that fades in can be seen. */
const VISIBLE = 0.12;

/** Turns chances, in order of frames, into boundaries in order of frames. Frames not named have no chance. */
export function decide(
  cuts: readonly CutChance[],
  gradual: readonly GradualChance[],
  limits: DecisionLimits,
): readonly Transition[] {
  const sharp = separate(cuts.filter(({ chance }) => chance >= limits.cut));
  const slow = groups(gradual, limits.gradual);
  const kept = slow.filter(
    (group) =>
      group.looks >= LOOKS_OVER_CUT ||
      !sharp.some((cut) => isWithin(cut, group) && cut.chance >= group.chance),
  );
  const hard = sharp.filter((cut) => !kept.some((group) => isWithin(cut, group)));
  return [...hard.map(asTransition), ...kept.map(({ transition }) => transition)].toSorted(
    (a, b) => a.startFrame - b.startFrame,
  );
}

function separate(cuts: readonly CutChance[]): readonly CutChance[] {
  return cuts.filter(
    (cut) =>
      !cuts.some(
        (other) =>
          Math.abs(other.index - cut.index) <= CUT_DISTANCE &&
          (other.chance > cut.chance || (other.chance === cut.chance && other.index < cut.index)),
      ),
  );
}

type Group = { readonly transition: Transition; readonly looks: number; readonly chance: number };

function groups(looks: readonly GradualChance[], limit: number): readonly Group[] {
  const found: Group[] = [];
  const smooth = smoothed(looks);
  let start = 0;
  while (start < looks.length) {
    let end = start;
    while (end < looks.length && (smooth[end] as number) >= EDGE_SHARE * limit) end++;
    if (end - start >= LEAST_LOOKS && Math.max(...smooth.slice(start, end)) >= limit)
      found.push(
        ...parts(looks, start, end).map(([first, last]) => groupOf(looks, smooth, first, last)),
      );
    start = Math.max(end, start + 1);
  }
  return found;
}

/**
 * A fade out and the fade in that follows it are two transitions: they part where the picture is black. The second one begins
 * where something can be seen again.
 */
function parts(
  looks: readonly GradualChance[],
  start: number,
  end: number,
): readonly (readonly [number, number])[] {
  let darkest = start;
  for (let at = start; at < end; at++) {
    if (contrastAt(looks, at) < contrastAt(looks, darkest)) darkest = at;
  }
  const isBlack =
    contrastAt(looks, darkest) < BLACK_CONTRAST && (looks[darkest]?.mean ?? 255) < BLACK_MEAN;
  if (!isBlack || darkest - start < LEAST_LOOKS || end - darkest <= LEAST_LOOKS)
    return [[start, end]];
  const peak = Math.max(...looks.slice(darkest, end).map(({ contrast }) => contrast));
  let again = darkest + 1;
  while (again < end - 1 && contrastAt(looks, again) < VISIBLE * peak) again++;
  return [
    [start, darkest],
    [again, end],
  ];
}

function contrastAt(looks: readonly GradualChance[], at: number): number {
  return looks[at]?.contrast ?? Infinity;
}

function smoothed(looks: readonly GradualChance[]): readonly number[] {
  return looks.map(({ chance }, at) => {
    const before = looks[at - 1]?.chance ?? chance;
    const after = looks[at + 1]?.chance ?? chance;
    return (before + 2 * chance + after) / 4;
  });
}

function groupOf(
  looks: readonly GradualChance[],
  smooth: readonly number[],
  start: number,
  end: number,
): Group {
  const first = looks[start] as GradualChance;
  const next = looks[Math.min(end, looks.length - 1)] as GradualChance;
  const chance = Math.max(...smooth.slice(start, end));
  const transition = {
    kind: commonKind(looks.slice(start, end)),
    startFrame: first.index,
    endFrame: next.index,
    startMs: first.timeMs,
    endMs: next.timeMs,
    chance,
  };
  return { transition, looks: end - start, chance };
}

function commonKind(looks: readonly GradualChance[]): GradualKind {
  const weights = { fade: 0, dissolve: 0, wipe: 0 };
  for (const { kind, chance } of looks) weights[kind] += chance;
  if (weights.fade >= weights.wipe && weights.fade >= weights.dissolve) return 'fade';
  return weights.wipe > weights.dissolve ? 'wipe' : 'dissolve';
}

function isWithin(cut: CutChance, { transition }: Group): boolean {
  return cut.index > transition.startFrame && cut.index < transition.endFrame;
}

function asTransition({ index, timeMs, chance }: CutChance): Transition {
  return {
    kind: 'cut',
    startFrame: index,
    endFrame: index,
    startMs: timeMs,
    endMs: timeMs,
    chance,
  };
}
