/** A run of pictures of one shot, `rgb24`, as they lie in a file of the cache. */
export type Stretch = {
  /** Videos with one picture content in common share a family; training and test never share one. */
  readonly family: string;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** Copies one picture out. */
  read(index: number): Uint8Array;
};
