import type { Picture } from '@internvid/core/media';
import { accentsOf, type Accent } from './accents.js';
import { coloursOf, half, type Colours } from './colours.js';
import { findFaces, type FoundFace } from './faces.js';
import { findObjects, type FoundObject } from './objects.js';
import { readText, type TextLine, type TextReaderOptions } from './on-screen-text.js';
import { resizePicture } from './pictures.js';
import { withPose } from './poses.js';
import type { ManyTensorsModel, TensorModel } from './tensor-model.js';

/** All that was measured in one frame. */
export type FrameEvidence = {
  readonly objects: readonly FoundObject[];
  readonly faces: readonly FoundFace[];
  readonly text: readonly TextLine[];
  readonly colours: Colours;
  /** The colours of the upper half of the picture, and of the lower. */
  readonly upper: Colours;
  readonly lower: Colours;
  readonly accents: readonly Accent[];
};

/** The networks that look at a frame. */
export type FrameModels = TextReaderOptions & {
  /** See `findObjects`. */
  readonly objects: TensorModel;
  /** See `findFaces`. */
  readonly faces: ManyTensorsModel;
  /** See `findPose`. */
  readonly poses: TensorModel;
};

const COLOUR_WIDTH = 64;
const COLOUR_HEIGHT = 36;

/** Looks at one frame in every way that a caption can speak of. */
export async function examineFrame(picture: Picture, models: FrameModels): Promise<FrameEvidence> {
  const small = await resizePicture(picture, COLOUR_WIDTH, COLOUR_HEIGHT);
  const objects = await findObjects(picture, models.objects);
  return {
    objects: await withPose(picture, objects, models.poses),
    faces: await findFaces(picture, models.faces),
    text: await readText(picture, models),
    colours: coloursOf(small),
    upper: coloursOf(half(small, 'upper')),
    lower: coloursOf(half(small, 'lower')),
    accents: accentsOf(small),
  };
}
