import type { ConvertOptions } from '@internvid/viclip';

import { counter } from '../counter.js';
import { UsageError, wordsAsUsage } from '../exit.js';
import { formatBytes } from '../format.js';
import { plain, print } from '../output.js';
import { oneOf, signalOfInterrupts, wholeNumber } from '../session.js';
import { defined } from '../settings.js';
import { headsOf, millions, sizeLines } from '../viclip-words.js';

/** Flags of `viclip convert`. */
export type ConvertFlags = {
  readonly json?: boolean;
  readonly format?: string;
  readonly precision?: string;
  readonly frames?: string;
  readonly image?: string;
  readonly context?: string;
  readonly heads?: string;
  readonly wiseFt?: string;
  readonly coefficient?: string;
};

/** `internvid viclip convert`: a checkpoint becomes a model folder, or a checkpoint in another form. */
export async function convert(input: string, output: string, flags: ConvertFlags): Promise<void> {
  const { convertCheckpoint } = await import('@internvid/viclip');
  const options = convertOptions(flags);
  const progress = counter('weights', formatBytes, flags);
  const signal = signalOfInterrupts(`Stopped. ${output} is not finished: run the command again.`);
  const converting = convertCheckpoint(input, output, {
    ...options,
    signal,
    onProgress: ({ bytesDone, bytesTotal }) => {
      progress.show(bytesDone, bytesTotal);
    },
  }).finally(() => {
    progress.stop();
  });
  const report = await wordsAsUsage(converting);
  print(flags, plain(report), () =>
    [
      `Wrote ${report.output}: ${report.format}, ${report.precision}, ${millions(report.parameters)} parameters.`,
      `SHA-256 of the weights: ${report.sha256}`,
      ...sizeLines(report.config),
      ...report.changes.map((change) => `Changed: ${change}`),
    ].join('\n'),
  );
}

function convertOptions(flags: ConvertFlags): ConvertOptions {
  const { format, precision, heads, wiseFt, coefficient } = flags;
  const count = (name: 'frames' | 'image' | 'context'): number | undefined => {
    const text = flags[name];
    return text === undefined ? undefined : wholeNumber(`--${name}`, text, 1);
  };
  if (coefficient !== undefined && wiseFt === undefined)
    throw new UsageError('--coefficient goes with --wise-ft FILE.');
  return {
    resize: defined({
      frames: count('frames'),
      image: count('image'),
      context: count('context'),
    }),
    ...(format === undefined ? {} : { format: oneOf('--format', format, FORMATS) }),
    ...(precision === undefined ? {} : { precision: oneOf('--precision', precision, PRECISIONS) }),
    ...(heads === undefined ? {} : { heads: headsOf(heads) }),
    ...(wiseFt === undefined
      ? {}
      : {
          wiseFt: {
            initial: wiseFt,
            ...(coefficient === undefined ? {} : { coefficient: shareOf(coefficient) }),
          },
        }),
  };
}

const FORMATS = ['safetensors', 'onnx'] as const;
const PRECISIONS = ['fp32', 'fp16', 'bf16', 'int8'] as const;

function shareOf(text: string): number {
  const share = Number(text);
  if (text.trim() !== '' && share >= 0 && share <= 1) return share;
  throw new UsageError(`--coefficient takes a number from 0 to 1, got "${text}".`);
}
