import type { Fraction } from '../../media-info.js';

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

/** Colours by name, so that the truth about a film can be said in words. */
export type Colour =
  | 'red'
  | 'orange'
  | 'yellow'
  | 'green'
  | 'cyan'
  | 'blue'
  | 'purple'
  | 'pink'
  | 'brown'
  | 'white'
  | 'grey'
  | 'black';

/** What the colours look like. */
export const COLOURS: Readonly<Record<Colour, Rgb>> = {
  red: [214, 40, 40],
  orange: [244, 140, 30],
  yellow: [248, 214, 50],
  green: [40, 160, 70],
  cyan: [50, 190, 200],
  blue: [40, 80, 200],
  purple: [130, 60, 170],
  pink: [240, 130, 170],
  brown: [120, 76, 44],
  white: [245, 245, 245],
  grey: [128, 128, 128],
  black: [14, 14, 16],
};

/** Outline of a drawn object. */
export type Shape = 'circle' | 'square' | 'triangle' | 'star';

/** A place in shares of the picture's width and height, 0,0 at the top left; or a speed in pixels a second. */
export type Vector = readonly [x: number, y: number];

/** What lies behind the objects. It goes on without end in all directions, so that the camera may move over it. */
export type Backdrop =
  | { readonly kind: 'plain'; readonly colour: Colour }
  /** From top to bottom of the picture at rest. */
  | { readonly kind: 'gradient'; readonly from: Colour; readonly to: Colour }
  /** Smooth cloudy noise between two colours. */
  | { readonly kind: 'texture'; readonly from: Colour; readonly to: Colour };

/** Equal objects that move alike. */
export type Actors = {
  readonly shape: Shape;
  readonly colour: Colour;
  /** Height of the object as a share of the picture's smaller side. */
  readonly size: number;
  /** Centres at the shot's first frame that shows it alone; their number is the count. */
  readonly places: readonly Vector[];
  /** Pixels a second, right and down positive. Default: still. */
  readonly velocity?: Vector;
};

/** How the camera moves over backdrop and objects. */
export type CameraMove =
  | { readonly kind: 'still' }
  /** Pixels a second that the camera moves over the scene; the picture's content moves the other way. */
  | { readonly kind: 'pan'; readonly velocity: Vector }
  /** Enlargement per second around the centre: above 1 goes in, below 1 goes out. */
  | { readonly kind: 'zoom'; readonly factor: number };

/** Words burned into the picture: white with a dark outline. */
export type BurnedText = {
  /** Letters, digits and `.,:!?'-`; small letters are drawn as capitals. `\n` breaks the line. */
  readonly words: string;
  readonly at: 'top' | 'middle' | 'bottom';
  /** Height of a letter as a share of the picture's height. */
  readonly size: number;
};

/** How a shot takes over from the one before; its frames are neither shot's own. Default: a cut. */
export type Transition =
  | { readonly kind: 'cut' }
  | { readonly kind: 'dissolve'; readonly frames: number }
  /** Out to black, black, and in from black. */
  | {
      readonly kind: 'fade';
      readonly outFrames: number;
      readonly blackFrames: number;
      readonly inFrames: number;
    };

/** One shot of a film. */
export type ShotSpec = {
  /** Frames that show this shot alone. */
  readonly frames: number;
  /** Ignored for the first shot. */
  readonly begins?: Transition;
  readonly backdrop: Backdrop;
  readonly actors?: readonly Actors[];
  readonly camera?: CameraMove;
  readonly text?: BurnedText;
  /** Frequency of the tone that sounds in this shot, in Hz. */
  readonly toneHz?: number;
};

/** A film to be drawn. */
export type FilmSpec = {
  /** File name without extension. */
  readonly name: string;
  /** Even numbers of pixels. */
  readonly width: number;
  readonly height: number;
  readonly frameRate: Fraction;
  readonly shots: readonly ShotSpec[];
  /** Frames over which the last shot goes to black, after those that show it alone. Default 0. */
  readonly fadeOutFrames?: number;
};
