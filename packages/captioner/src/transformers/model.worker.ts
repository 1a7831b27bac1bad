import { ToolkitError } from '@internvid/core';
import { loadClip } from './clip-model.js';
import { loadImageToText } from './image-to-text-model.js';
import type { ModelAnswer, ModelQuestion, ModelToLoad } from './model-messages.js';
import { loadVisionChat } from './vision-chat-model.js';
import { loadVoiceModel } from './voice-model.js';
import { loadWhisper } from './whisper-model.js';

// The other side may be killed at any moment; nobody is left to answer then.
process.on('disconnect', () => process.exit());
// Ctrl-C goes to every process of a terminal: the other side decides what becomes of this one.
process.on('SIGINT', () => undefined);

type Answering = (question: never) => Promise<unknown>;

process.once('message', (model: ModelToLoad) => {
  void begin(model);
});

async function begin(model: ModelToLoad): Promise<void> {
  try {
    const answering = await load(model);
    // One question at a time: a second would only wait for the same processor, with its pictures in memory.
    let last = Promise.resolve();
    process.on('message', (question: ModelQuestion) => {
      last = last.then(() => answer(question, answering));
    });
    send({ id: -1, answer: undefined });
  } catch (error) {
    const what = model.kind === 'voice' ? model.weights : model.place.name;
    send({ id: -1, failure: failureOf(error, `The model ${what} cannot be loaded: `) });
  }
}

async function load(model: ModelToLoad): Promise<Answering> {
  switch (model.kind) {
    case 'voice':
      return loadVoiceModel(model.weights);
    case 'whisper':
      return loadWhisper(model.place);
    case 'image-to-text':
      return loadImageToText(model.place);
    case 'vision-chat':
      return loadVisionChat(model.place);
    case 'clip':
      return loadClip(model.place);
  }
}

async function answer({ id, question }: ModelQuestion, answering: Answering): Promise<void> {
  try {
    send({ id, answer: await answering(question as never) });
  } catch (error) {
    send({ id, failure: failureOf(error, '') });
  }
}

function failureOf(
  error: unknown,
  what: string,
): Extract<ModelAnswer, { failure: unknown }>['failure'] {
  if (ToolkitError.is(error)) return { code: error.code, message: error.message };
  const why = error instanceof Error ? error.message : String(error);
  return { code: 'model-failed', message: `${what}${why}` };
}

function send(message: ModelAnswer): void {
  process.send?.(message);
}
