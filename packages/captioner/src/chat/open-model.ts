import type { AskSettings } from './ask-settings.js';
import { chatModel, type ChatModel } from './chat-model.js';
import type { ChatPrice } from './ledger.js';
import { modelSource, type ChatModelChoice } from './model-source.js';
import { requestGate, type RequestGate } from './request-gate.js';

/** A model with what is kept for each. */
export type OpenModel = {
  readonly model: ChatModel;
  readonly gate: RequestGate;
  readonly price: ChatPrice | undefined;
  close(): Promise<void>;
};

const FREE: ChatPrice = { inputPerMillion: 0, outputPerMillion: 0 };

/** Makes a model that can be asked. */
export function openModel(
  choice: ChatModelChoice,
  price: ChatPrice | undefined,
  settings: AskSettings,
): OpenModel {
  const source = modelSource(choice);
  const { atOnce = Infinity, isFree = false } = source;
  return {
    model: chatModel(source, settings.timeoutMs),
    gate: requestGate({ ...settings, concurrency: Math.min(atOnce, settings.concurrency) }),
    price: price ?? (isFree ? FREE : undefined),
    async close() {
      await source.close?.();
    },
  };
}
