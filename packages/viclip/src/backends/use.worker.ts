import { parentPort } from 'node:worker_threads';

import { ToolkitError } from '@internvid/core';

import { loadUseModel, type UseModel } from './use-model.js';
import type { UseReply, UseRequest } from './use.js';

if (parentPort === null)
  throw new TypeError('use.worker runs as a worker thread: call universalSentenceEncoder().');
const port = parentPort;

const say = (reply: UseReply): void => port.postMessage(reply);

function serve(model: UseModel): void {
  port.on('message', ({ job, texts }: UseRequest) => {
    model.embed(texts).then(
      (rows) => say({ kind: 'embedded', job, rows }),
      (error: unknown) => say({ kind: 'failed', job, message: ToolkitError.from(error).message }),
    );
  });
  say({ kind: 'ready', config: model.config });
}

loadUseModel().then(serve, (error: unknown) => {
  const { code, message } = ToolkitError.from(error);
  say({ kind: 'unavailable', code, message });
});
