import type { Picture } from '@internvid/core/media';
import { coloursOf, type Colours } from './colours.js';
import { findObjects, type FoundObject } from './objects.js';
import { readText, type TextLine, type TextReaderOptions } from './on-screen-text.js';
import { resizePicture } from './pictures.js';
import type { TensorModel } from './tensor-model.js';

/** All that was measured in one frame. */
export type FrameEvidence = {
  readonly objects: readonly FoundObject[];
  readonly text: readonly TextLine[];
  readonly colours: Colours;
};

/** The networks that look at a frame. */
export type FrameModels = TextReaderOptions & {
  /** See `findObjects`. */
  readonly objects: TensorModel;
};

const COLOUR_WIDTH = 64;
const COLOUR_HEIGHT = 36;

/** Looks at one frame in every way that a caption can speak of. */
export async function examineFrame(picture: Picture, models: FrameModels): Promise<FrameEvidence> {
  const small = await resizePicture(picture, COLOUR_WIDTH, COLOUR_HEIGHT);
  return {
    objects: await findObjects(picture, models.objects),
    text: await readText(picture, models),
    colours: coloursOf(small),
  };
}
