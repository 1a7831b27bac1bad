/** What a process is told first: where it finds its network. */
export type NetworkPath = { readonly model: string };

/** What the network says of the middle 50 frames of a window: logits, one for each frame. */
export type WindowJudgement = { readonly single: Float32Array; readonly many: Float32Array };
