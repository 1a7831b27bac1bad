import { fingerprintOf } from './ids.js';
import type { JsonObject } from './json.js';
import type { Sink } from './sink.js';
import type { Source } from './source.js';
import type { Stage } from './stage.js';

/** A stage whose ends are known to fit by construction. */
export type AnyStage = Stage<never, unknown>;

/** A source and the stages that its items go through. Immutable: `through` makes a longer one. */
export interface Pipeline<Out> {
  readonly source: Source<unknown>;
  readonly stages: readonly AnyStage[];
  /** A stage that does not fit is a compile error. */
  through<Next>(stage: Stage<Out, Next>): Pipeline<Next>;
}

/** A part of a step as its fingerprint and the dataset's manifest know it. */
export type Part = { readonly name: string; readonly version: number; readonly config: JsonObject };

/** A named pipeline with its sink: what an executor runs and a dataset remembers. */
export type Step<Out = unknown> = {
  /** Kebab-case: the folder of its reports. */
  readonly name: string;
  /**
   * Hash of the names, versions and configs of source, stages and sink. A source that reads an earlier step has that step's
   * fingerprint in its config, so a change redoes what depends on it and nothing else.
   */
  readonly fingerprint: string;
  readonly parts: readonly Part[];
  readonly pipeline: Pipeline<Out>;
  readonly sink: Sink<Out>;
};

/** Starts a pipeline. */
export function from<Out>(source: Source<Out>): Pipeline<Out> {
  return pipelineOf(source, []);
}

/** Names a pipeline and says where its items go. */
export function step<Out>(name: string, pipeline: Pipeline<Out>, sink: Sink<Out>): Step<Out> {
  if (!/^[a-z][a-z0-9-]*$/.test(name))
    throw new TypeError(`A step's name is kebab-case, got "${name}".`);
  const parts = [pipeline.source, ...pipeline.stages, sink].map(partOf);
  return { name, fingerprint: fingerprintOf([name, ...parts]), parts, pipeline, sink };
}

function pipelineOf<Out>(source: Source<unknown>, stages: readonly AnyStage[]): Pipeline<Out> {
  return { source, stages, through: (stage) => pipelineOf(source, [...stages, stage]) };
}

function partOf({ name, version, config }: Part): Part {
  return { name, version, config };
}
