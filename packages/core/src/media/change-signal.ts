/** Wakes one waiter when something has changed. */
export interface ChangeSignal {
  notify(): void;
  /** @returns whether something changed, also since the last wait; false after `timeoutMs` of silence. */
  wait(): Promise<boolean>;
}

/** Makes a signal for one waiter at a time. */
export function changeSignal(timeoutMs: number): ChangeSignal {
  let hasChanged = false;
  let wake: ((hasChanged: boolean) => void) | undefined;
  return {
    notify: () => {
      hasChanged = true;
      wake?.(true);
    },
    wait: async () => {
      if (!hasChanged) {
        const timer = setTimeout(() => wake?.(false), timeoutMs);
        await new Promise<boolean>((resolve) => (wake = resolve));
        clearTimeout(timer);
        wake = undefined;
      }
      const result = hasChanged;
      hasChanged = false;
      return result;
    },
  };
}
