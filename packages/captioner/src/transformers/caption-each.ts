import { isAbort } from '@internvid/core';
import type { Captioner, CaptionRequest, CaptionResult } from '../captioner.js';

/** The two ways to ask a captioner, of one that takes clip by clip. */
export function captioningEach(
  captionClip: (request: CaptionRequest, signal: AbortSignal) => Promise<CaptionResult>,
): Required<Pick<Captioner, 'caption' | 'captionEach'>> {
  return {
    async caption(requests, signal) {
      const results: CaptionResult[] = [];
      for (const request of requests) results.push(await captionClip(request, signal));
      return results;
    },
    async captionEach(requests, signal) {
      const results: (CaptionResult | Error)[] = [];
      for (const request of requests)
        results.push(
          await captionClip(request, signal).catch((error: unknown) => {
            signal.throwIfAborted();
            if (isAbort(error) || !(error instanceof Error)) throw error;
            return error;
          }),
        );
      return results;
    },
  };
}
