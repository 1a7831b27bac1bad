import type { ErrorCode } from '../errors.js';

/** The number under which a worker answers that it is ready. */
export const OPENING = 0;

/** The first message to a worker. */
export type Setup = { readonly setup: unknown };

/** A question with its number, from 1. */
export type Asked = { readonly id: number; readonly question: unknown };

/** The answer to the question of the same number. */
export type Reply =
  | { readonly id: number; readonly answer: unknown }
  | {
      readonly id: number;
      readonly failure: { readonly code: ErrorCode; readonly message: string };
    };
