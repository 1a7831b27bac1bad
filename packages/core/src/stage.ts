import { mapInOrder } from './concurrency.js';
import { isAbort, ToolkitError } from './errors.js';
import type { JsonObject } from './json.js';
import type { Identified } from './records.js';
import type { Store } from './store.js';
import type { Table } from './tables.js';

/** What a stage may ask of the run around it. */
export interface StageContext {
  readonly signal: AbortSignal;
  readonly store: Store;
  /** Counts one input as kept: all that it led to has been handed on. */
  keep(input: Identified): void;
  /** Counts one input as rejected on purpose; `reason` is kebab-case and says what was true. */
  drop(input: Identified, reason: string): void;
  /**
   * Counts one input as impossible to process.
   *
   * @throws the error itself when it is one that no other input would escape (`ToolkitError.stopsRun`).
   */
  fail(input: Identified, error: unknown): void;
  /** Says something about an input that is kept all the same; `warning` is kebab-case. */
  warn(input: Identified, warning: string): void;
  /** Writes a row of a table beside the one that the pipeline ends in, such as the shots that clips were made of. */
  emit<Row>(table: Table<Row>, row: Row): void;
  /** Says how far the work on one input is, 0 to 1, for whoever watches. */
  progress(input: Identified, fraction: number): void;
}

/**
 * A step of a stream. Each input ends in exactly one of `keep`, `drop` and `fail`; a shard whose sums do not add up is
 * not committed. `mapStage`, `flatMapStage` and `batchStage` see to it.
 */
export interface Stage<In, Out> {
  /** Stable, kebab-case. */
  readonly name: string;
  /** Raised when the output changes for the same input and settings. */
  readonly version: number;
  /** All that the stage reads of its settings, models and prompts: this is what makes a fingerprint honest. */
  readonly config: JsonObject;
  process(inputs: AsyncIterable<In>, context: StageContext): AsyncIterable<Out>;
}

/** The verdict that an input does not belong in the output. */
export class Dropped {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

const REASON = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/**
 * Rejects the input being processed; return it from a stage's function.
 *
 * @param reason kebab-case, says what was true: `too-short`.
 */
export function drop(reason: string): Dropped {
  if (!REASON.test(reason)) throw new TypeError(`A drop reason is kebab-case, got "${reason}".`);
  return new Dropped(reason);
}

/** What a stage's function gets besides its input. */
export type MapContext<Config> = {
  readonly config: Config;
  readonly signal: AbortSignal;
  readonly store: Store;
  /** Says something about the input that is kept all the same; `warning` is kebab-case. */
  warn(warning: string): void;
  /** Writes a row of a table beside the one that the pipeline ends in. */
  emit<Row>(table: Table<Row>, row: Row): void;
  /** Says how far the work on this input is, 0 to 1. Call it as often as is cheap. */
  progress(fraction: number): void;
};

/** What a batch function gets besides its inputs. */
export type BatchContext<Config> = Omit<MapContext<Config>, 'warn' | 'emit' | 'progress'>;

type StageOptions<Config extends JsonObject> = {
  readonly name: string;
  readonly version: number;
  readonly config: Config;
  /** How many inputs are worked on at once. Default 1. */
  readonly concurrency?: number;
};

/** One input, one output or a drop. */
export type MapStageOptions<
  In extends Identified,
  Out,
  Config extends JsonObject,
> = StageOptions<Config> & {
  map(input: In, context: MapContext<Config>): Out | Dropped | Promise<Out | Dropped>;
};

/** One input, any number of outputs or a drop. */
export type FlatMapStageOptions<
  In extends Identified,
  Out,
  Config extends JsonObject,
> = StageOptions<Config> & {
  /**
   * Yields the outputs; yielding a `Dropped` rejects the input and ends it. With `concurrency` 1 outputs are handed on as
   * they come, so what was yielded before a drop or an error stays; else an input's outputs wait until it is finished
   * and a drop or an error discards them.
   */
  flatMap(
    input: In,
    context: MapContext<Config>,
  ): Iterable<Out | Dropped> | AsyncIterable<Out | Dropped>;
};

/** Several inputs at once, an answer for each. */
export type BatchStageOptions<
  In extends Identified,
  Out,
  Config extends JsonObject,
> = StageOptions<Config> & {
  /** Inputs per call, at least 1; the last batch may be smaller. */
  readonly batchSize: number;
  /** Answers in the order of the inputs, one for each; an `Error` among them fails that input alone. */
  batch(
    inputs: readonly In[],
    context: BatchContext<Config>,
  ): Promise<readonly (Out | Dropped | Error)[]>;
};

type Verdict<In, Out> =
  | { readonly input: In; readonly outputs: readonly Out[] }
  | { readonly input: In; readonly dropped: Dropped }
  | { readonly input: In; readonly error: unknown };

/** Turns a function into a stage with one output for each input that is kept. */
export function mapStage<In extends Identified, Out, Config extends JsonObject = JsonObject>(
  options: MapStageOptions<In, Out, Config>,
): Stage<In, Out> {
  return stageOf(options, (inputs, context) =>
    mapInOrder(inputs, { concurrency: options.concurrency ?? 1 }, (input) =>
      verdictOf(input, async () => {
        const result = await options.map(input, mapContext(options, context, input));
        return result instanceof Dropped ? result : [result];
      }),
    ),
  );
}

/** Turns a generator function into a stage with any number of outputs for each input that is kept. */
export function flatMapStage<In extends Identified, Out, Config extends JsonObject = JsonObject>(
  options: FlatMapStageOptions<In, Out, Config>,
): Stage<In, Out> {
  const concurrency = options.concurrency ?? 1;
  if (concurrency === 1) return streamingStage(options);
  return stageOf(options, (inputs, context) =>
    mapInOrder(inputs, { concurrency }, (input) =>
      verdictOf(input, async () => {
        const outputs: Out[] = [];
        for await (const output of options.flatMap(input, mapContext(options, context, input))) {
          if (output instanceof Dropped) return output;
          outputs.push(output);
        }
        return outputs;
      }),
    ),
  );
}

/** Turns a function over several inputs into a stage; a batch that throws is tried again one input at a time. */
export function batchStage<In extends Identified, Out, Config extends JsonObject = JsonObject>(
  options: BatchStageOptions<In, Out, Config>,
): Stage<In, Out> {
  return stageOf(options, async function* (inputs, context) {
    const call = (batch: readonly In[]): Promise<readonly Verdict<In, Out>[]> =>
      callBatch(options, batch, {
        config: options.config,
        signal: context.signal,
        store: context.store,
      });
    const batches = inBatches(inputs, options.batchSize);
    for await (const verdicts of mapInOrder(
      batches,
      { concurrency: options.concurrency ?? 1 },
      call,
    )) {
      yield* verdicts;
    }
  });
}

function stageOf<In extends Identified, Out, Config extends JsonObject>(
  options: StageOptions<Config>,
  judge: (inputs: AsyncIterable<In>, context: StageContext) => AsyncIterable<Verdict<In, Out>>,
): Stage<In, Out> {
  return {
    name: options.name,
    version: options.version,
    config: options.config,
    async *process(inputs, context) {
      for await (const verdict of judge(inputs, context)) {
        if ('dropped' in verdict) context.drop(verdict.input, verdict.dropped.reason);
        else if ('error' in verdict) failOrStop(verdict.input, verdict.error, context);
        else {
          yield* verdict.outputs;
          context.keep(verdict.input);
        }
      }
    },
  };
}

function streamingStage<In extends Identified, Out, Config extends JsonObject>(
  options: FlatMapStageOptions<In, Out, Config>,
): Stage<In, Out> {
  return {
    name: options.name,
    version: options.version,
    config: options.config,
    async *process(inputs, context) {
      for await (const input of inputs) {
        context.signal.throwIfAborted();
        const outputs = options.flatMap(input, mapContext(options, context, input));
        const ending = yield* handOn(outputs);
        if (ending === undefined) context.keep(input);
        else if (ending instanceof Dropped) context.drop(input, ending.reason);
        else failOrStop(input, ending.error, context);
      }
    },
  };
}

/** Yields until the outputs end, a drop comes or the producer throws; an error of the consumer passes straight through. */
async function* handOn<Out>(
  outputs: Iterable<Out | Dropped> | AsyncIterable<Out | Dropped>,
): AsyncGenerator<Out, Dropped | { readonly error: unknown } | undefined, undefined> {
  const iterator = asAsync(outputs);
  let finished = false;
  try {
    for (;;) {
      let next: IteratorResult<Out | Dropped>;
      try {
        next = await iterator.next();
      } catch (error) {
        finished = true;
        return { error };
      }
      if (next.done === true) {
        finished = true;
        return undefined;
      }
      if (next.value instanceof Dropped) return next.value;
      yield next.value;
    }
  } finally {
    if (!finished) await iterator.return(undefined);
  }
}

async function* asAsync<Out>(outputs: Iterable<Out> | AsyncIterable<Out>): AsyncGenerator<Out> {
  yield* outputs;
}

async function verdictOf<In, Out>(
  input: In,
  work: () => Promise<readonly Out[] | Dropped>,
): Promise<Verdict<In, Out>> {
  try {
    const result = await work();
    return result instanceof Dropped ? { input, dropped: result } : { input, outputs: result };
  } catch (error) {
    return { input, error };
  }
}

function failOrStop(input: Identified, error: unknown, context: StageContext): void {
  if (context.signal.aborted || isAbort(error)) throw error;
  context.fail(input, error);
}

function mapContext<Config extends JsonObject>(
  options: StageOptions<Config>,
  context: StageContext,
  input: Identified,
): MapContext<Config> {
  return {
    config: options.config,
    signal: context.signal,
    store: context.store,
    warn: (warning) => context.warn(input, warning),
    emit: (table, row) => context.emit(table, row),
    progress: (fraction) => context.progress(input, fraction),
  };
}

async function callBatch<In extends Identified, Out, Config extends JsonObject>(
  options: BatchStageOptions<In, Out, Config>,
  batch: readonly In[],
  context: BatchContext<Config>,
): Promise<readonly Verdict<In, Out>[]> {
  let answers: readonly (Out | Dropped | Error)[];
  try {
    answers = await options.batch(batch, context);
  } catch (error) {
    if (context.signal.aborted || isAbort(error)) throw error;
    if (batch.length === 1 || (ToolkitError.is(error) && error.stopsRun)) {
      return batch.map((input) => ({ input, error }));
    }
    const verdicts: Verdict<In, Out>[] = [];
    for (const input of batch) verdicts.push(...(await callBatch(options, [input], context)));
    return verdicts;
  }
  if (answers.length !== batch.length) {
    const counts = `${answers.length} answers for ${batch.length} inputs`;
    throw new ToolkitError(
      'accounting',
      `The stage ${options.name} gave ${counts}; each input needs one.`,
    );
  }
  return batch.map((input, index) => answerOf(input, answers[index] as Out | Dropped | Error));
}

function answerOf<In, Out>(input: In, answer: Out | Dropped | Error): Verdict<In, Out> {
  if (answer instanceof Dropped) return { input, dropped: answer };
  return answer instanceof Error ? { input, error: answer } : { input, outputs: [answer] };
}

async function* inBatches<In>(
  inputs: AsyncIterable<In>,
  size: number,
): AsyncGenerator<readonly In[]> {
  if (!Number.isInteger(size) || size < 1) {
    throw new RangeError(`options.batchSize must be a whole number of at least 1, got ${size}.`);
  }
  let batch: In[] = [];
  for await (const input of inputs) {
    batch.push(input);
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
