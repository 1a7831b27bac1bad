/** Where a claim stands in its caption, in UTF-16 units. */
export type TextRange = { readonly from: number; readonly to: number };

/** A camera move that a caption claims, by the words that say it. */
export type CameraClaim = {
  readonly kind: 'camera';
  readonly move: string;
  readonly words: string;
  readonly at: TextRange;
};

/** What captions say of the camera, by the words of the `camera` fact; `pan`, `tilt` and `zoom` name no direction. */
const MOVES: readonly (readonly [move: string, words: RegExp])[] = [
  [
    'static',
    /\b(?:camera|shot|view)\b(?: \w+){0,2} (?:still|static|stationary|fixed|does not move|doesn't move)\b|\b(?:static|fixed|stationary) (?:camera|shot)\b/gi,
  ],
  ['pan-left', /\bpan(?:s|ning|ned)?\b(?: \w+){0,4} left(?:wards?)?\b/gi],
  ['pan-right', /\bpan(?:s|ning|ned)?\b(?: \w+){0,4} right(?:wards?)?\b/gi],
  ['tilt-up', /\btilt(?:s|ing|ed)?\b(?: \w+){0,2} up(?:wards?)?\b/gi],
  ['tilt-down', /\btilt(?:s|ing|ed)?\b(?: \w+){0,2} down(?:wards?)?\b/gi],
  [
    'zoom-in',
    /\bzoom(?:s|ing|ed)? in\b|\bcamera(?: \w+)? (?:closes|closing|pushes|pushing|moves|moving) in\b/gi,
  ],
  [
    'zoom-out',
    /\bzoom(?:s|ing|ed)? out\b|\bcamera(?: \w+)? (?:pulls|pulling) (?:back|out|away)\b/gi,
  ],
  ['roll', /\bcamera(?: \w+)? (?:rolls|rolling|rotates|rotating)\b/gi],
  [
    'shake',
    /\bcamera(?: \w+){0,2} (?:shakes|shaking|shaky|trembles)\b|\b(?:shaky|handheld) (?:camera|shot|footage)\b/gi,
  ],
  [
    'moving',
    /\bcamera(?: keeps)? (?:moves|moving|travels|travelling|traveling)\b(?! (?:or|in|out)\b)/gi,
  ],
];

/** The camera moves that a caption claims; quotations are to be blanked out before. */
export function cameraMovesIn(text: string): readonly CameraClaim[] {
  return MOVES.flatMap(([move, words]) =>
    [...text.matchAll(words)].map((found) => ({
      kind: 'camera',
      move,
      words: found[0],
      at: { from: found.index, to: found.index + found[0].length },
    })),
  );
}

const DIRECTED = /^(?:pan|tilt|zoom)-/;

/** Whether a claimed move is the measured one, or cannot be. A shaky or wandering camera proves no direction wrong. */
export function compareMoves(
  claimed: string,
  measured: string,
): 'supported' | 'contradicted' | 'unknown' {
  if (claimed === measured) return 'supported';
  if (measured === 'unclear') return 'unknown';
  if (claimed === 'moving') return measured === 'static' ? 'contradicted' : 'supported';
  if (measured === 'static') return claimed === 'shake' ? 'unknown' : 'contradicted';
  if (claimed === 'static') return DIRECTED.test(measured) ? 'contradicted' : 'unknown';
  if (measured === 'moving' || measured === 'shake' || claimed === 'shake') return 'unknown';
  return opposite(claimed) === measured ? 'contradicted' : 'unknown';
}

function opposite(move: string): string | undefined {
  return {
    'pan-left': 'pan-right',
    'pan-right': 'pan-left',
    'tilt-up': 'tilt-down',
    'tilt-down': 'tilt-up',
    'zoom-in': 'zoom-out',
    'zoom-out': 'zoom-in',
  }[move];
}
