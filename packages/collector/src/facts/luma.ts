import type { Picture } from '@internvid/core/media';

/** BT.601 luma of `rgb24` pictures of one size in eight-bit steps, (77 R + 150 G + 29 B) / 256; one buffer, used again for each. */
export function lumaPlane(): (picture: Picture) => Uint8Array {
  let luma = new Uint8Array(0);
  return ({ width, height, data }) => {
    if (luma.length !== width * height) luma = new Uint8Array(width * height);
    for (let pixel = 0, at = 0; pixel < luma.length; pixel++, at += 3) {
      luma[pixel] =
        (77 * (data[at] as number) +
          150 * (data[at + 1] as number) +
          29 * (data[at + 2] as number) +
          128) >>
        8;
    }
    return luma;
  };
}
