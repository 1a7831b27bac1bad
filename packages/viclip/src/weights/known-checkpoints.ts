import type { ViclipVariant } from '../variants.js';

/** A published checkpoint. */
export type KnownCheckpoint = {
  readonly name: string;
  readonly variant: ViclipVariant;
  /** What it was trained on. */
  readonly data: string;
  readonly file: string;
  readonly licence: string;
  /** Repository on huggingface.co and its revision; undefined where no public place is known to work. */
  readonly repository?: { readonly id: string; readonly revision: string };
  /** Lower-case hex. Undefined where nobody published it: then nothing is fetched unless the caller says it. */
  readonly sha256?: string;
};

const MIT = 'MIT, by the tag of OpenGVLab/ViCLIP';
const UNSAID = 'not stated with the file; OpenGVLab/ViCLIP is tagged MIT';

/** The checkpoints that the authors of InternVid published, by the names used here. */
export const knownCheckpoints: readonly KnownCheckpoint[] = [
  {
    name: 'viclip-l14-flt',
    variant: 'l14',
    data: 'InternVid-10M-FLT',
    file: 'ViClip-InternVid-10M-FLT.pth',
    licence: MIT,
    repository: { id: 'OpenGVLab/VBench_Used_Models', revision: 'main' },
    sha256: '7a4d6ad6eac6632db3693f4b97f9f8f6445b65b1e139a6fc6686150522238c56',
  },
  {
    name: 'viclip-l14-flt-safetensors',
    variant: 'l14',
    data: 'InternVid-10M-FLT',
    file: 'model.safetensors',
    licence: UNSAID,
    repository: {
      id: 'OpenGVLab/ViCLIP-L-14-hf',
      revision: '1652361522e1cb41c28cdfae870f690d00e7456b',
    },
  },
  {
    name: 'viclip-b16-flt',
    variant: 'b16',
    data: 'InternVid-10M-FLT',
    file: 'model.safetensors',
    licence: UNSAID,
    repository: { id: 'OpenGVLab/ViCLIP-B-16-hf', revision: 'main' },
  },
  ...(
    [
      ['viclip-b16-200m', 'b16', 'InternVid-200M', 'ViCLIP-B_InternVid-200M.pth'],
      ['viclip-l14-div', 'l14', 'InternVid-DIV-10M', 'ViCLIP-L_InternVid-DIV-10M.pth'],
      ['viclip-l14-webvid', 'l14', 'WebVid-10M', 'ViCLIP-L_WebVid-10M.pth'],
      ['viclip-l14-10m', 'l14', 'InternVid-10M', 'ViCLIP-L_InternVid-10M.pth'],
      ['viclip-l14-50m', 'l14', 'InternVid-50M', 'ViCLIP-L_InternVid-50M.pth'],
      ['viclip-l14-200m', 'l14', 'InternVid-200M', 'ViCLIP-L_InternVid-200M.pth'],
    ] as const
  ).map(([name, variant, data, file]) => ({ name, variant, data, file, licence: UNSAID })),
];
