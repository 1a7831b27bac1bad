import { changeSignal } from './change-signal.js';
import { startProcess, stallError, type Ending } from './child-process.js';
import { decodeArguments, type DecodedTrack, type Pass } from './decode-arguments.js';
import type { FoundProgram } from './find-ffmpeg.js';
import { framePipe } from './frame-pipe.js';
import type { FrameOutput } from './frame-reader.js';
import { timePipe } from './time-pipe.js';

/** A frame as it comes out of the decoder: its time in the track's ticks, the bytes of each output. */
export type DecodedFrame = { readonly ticks: number; readonly pictures: readonly Uint8Array[] };

/** How a decoder is run. */
export type DecodeOptions = {
  readonly program: FoundProgram;
  readonly threads: number;
  /** The longest silence of the decoder while a frame is awaited. */
  readonly stallMs: number;
  readonly signal?: AbortSignal | undefined;
};

/** What is known once a pass is over. */
export type PassEnd = Ending & { readonly stderr: string };

/**
 * Runs one decoding process. Frames come in the order of presentation; the buffers of one are used again for the next.
 * Leaving the loop ends the process.
 *
 * @returns how the process ended.
 * @throws ToolkitError `timeout` when the decoder stalls; the abort reason when aborted.
 */
export async function* decodePass(
  track: DecodedTrack,
  pass: Pass,
  outputs: readonly FrameOutput[],
  options: DecodeOptions,
): AsyncGenerator<DecodedFrame, PassEnd> {
  const args = decodeArguments(options.program, track, pass, outputs, options.threads);
  const { path } = options.program;
  const child = await startProcess({
    path,
    args,
    pipes: outputs.length + 1,
    signal: options.signal,
  });
  try {
    const change = changeSignal(options.stallMs);
    const [timeStream, ...streams] = child.pipes;
    if (timeStream === undefined) throw new TypeError('A process without standard output.');
    const times = timePipe(timeStream, change.notify);
    const pipes = streams.map((stream, index) =>
      framePipe(stream, pictureBytes(outputs[index]), change.notify),
    );
    const all = [times, ...pipes];
    for (;;) {
      while (all.some((pipe) => pipe.waiting === 0 && !pipe.isClosed)) {
        for (const pipe of all) pipe.setFlowing(true);
        if (!(await change.wait())) throw stallError(path, options.stallMs);
      }
      options.signal?.throwIfAborted();
      if (all.some((pipe) => pipe.waiting === 0)) break;
      const ticks = times.take();
      const pictures = pipes.map((pipe) => pipe.take());
      for (const pipe of all) pipe.setFlowing(false);
      yield { ticks, pictures: pictures.filter((picture) => picture !== undefined) };
    }
    for (const pipe of all) pipe.setFlowing(true);
    return { ...(await child.ended), stderr: child.stderr() };
  } finally {
    await child.stop();
  }
}

function pictureBytes(output: FrameOutput | undefined): number {
  return output === undefined
    ? 0
    : output.width * output.height * (output.format === 'rgb24' ? 3 : 1);
}
