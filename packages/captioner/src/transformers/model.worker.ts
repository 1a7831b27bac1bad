import { ToolkitError } from '@internvid/core';
import { serveWorker } from '@internvid/core/processes';
import { loadClip } from './clip-model.js';
import { loadImageToText } from './image-to-text-model.js';
import type { ModelToLoad } from './model-messages.js';
import { loadVisionChat } from './vision-chat-model.js';
import { loadVoiceModel } from './voice-model.js';
import { loadWhisper } from './whisper-model.js';

type Answering = (question: never) => Promise<unknown>;

serveWorker(async (model: ModelToLoad): Promise<Answering> => {
  const answering = await load(model).catch((error: unknown) => {
    const what = model.kind === 'voice' ? model.weights : model.place.name;
    throw modelFailed(error, `The model ${what} cannot be loaded: `);
  });
  return (question) =>
    answering(question).catch((error: unknown) => {
      throw modelFailed(error, '');
    });
});

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

/** What the libraries throw is about the model; what we throw says so itself. */
function modelFailed(cause: unknown, what: string): ToolkitError {
  if (ToolkitError.is(cause)) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ToolkitError('model-failed', `${what}${why}`, { cause });
}
