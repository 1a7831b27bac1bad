import type { ErrorCode } from '@internvid/core';

/** The first message: where a process finds its network. */
export type NetworkPath = { readonly model: string };

/** 100 frames to be judged, see `transnet-windows`. */
export type WindowQuestion = { readonly id: number; readonly window: Uint8Array };

/** What the network says of the middle 50 frames of a window: logits, one for each frame. */
export type WindowJudgement = { readonly single: Float32Array; readonly many: Float32Array };

/** The answer to the question of the same id. */
export type WindowAnswer =
  | { readonly id: number; readonly judgement: WindowJudgement }
  | {
      readonly id: number;
      readonly failure: { readonly code: ErrorCode; readonly message: string };
    };
