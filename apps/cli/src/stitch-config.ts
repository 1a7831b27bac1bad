import { z } from 'zod';

/** Which CLIP says that neighbouring shots show the same, and how alike they must be. */
export type StitchConfig = {
  /** A CLIP for transformers.js: a folder, or a name of the Hugging Face hub. */
  readonly model: string;
  readonly dtype?: string | undefined;
  /** Fetch the model from the hub where it is not in the cache. Default false. */
  readonly allowDownload?: boolean | undefined;
  readonly revision?: string | undefined;
  readonly cacheDirectory?: string | undefined;
  readonly threads?: number | undefined;
  /** Least cosine across a boundary. Default 0.82. */
  readonly minCosine?: number | undefined;
  /** Least cosine within each of both shots. Default 0.5. */
  readonly minInnerCosine?: number | undefined;
};

const cosine = z.number().min(-1).max(1);

/** Checks the settings of stitching. */
export const stitchSchema: z.ZodType<StitchConfig> = z.strictObject({
  model: z.string().min(1),
  dtype: z.string().min(1).optional(),
  allowDownload: z.boolean().optional(),
  revision: z.string().min(1).optional(),
  cacheDirectory: z.string().min(1).optional(),
  threads: z.int().min(1).max(1024).optional(),
  minCosine: cosine.optional(),
  minInnerCosine: cosine.optional(),
});
