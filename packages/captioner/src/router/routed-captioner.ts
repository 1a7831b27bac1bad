import {
  fieldOf,
  formatCondition,
  judge,
  parseCondition,
  ToolkitError,
  type Condition,
  type Detection,
  type JsonObject,
  type Producer,
} from '@internvid/core';
import type { Captioner, CaptionRequest, CaptionResult } from '../captioner.js';
import { judgeClaims, supportOf } from '../grounding/judge-claims.js';

/** Two captioners and the rule between them. */
export type RoutedCaptionerOptions = {
  /** Captions every clip. */
  readonly cheap: Captioner;
  /** Captions the clips that the rule names, in the place of the cheap one. */
  readonly costly: Captioner;
  /**
   * Conditions of which one is enough, in core's language: over the clip's facts by name (`luminance >= 60`), and over what the
   * cheap captioner found as `cheap.<name>`, see `CheapFindings`. A value that is not there meets no condition.
   * Default: `cheap.found = 0`, `cheap.confidence < 0.5`.
   */
  readonly when?: readonly string[];
};

/** What a rule may ask of the cheap captioner's answer. */
export type CheapFindings = {
  /** Different object classes in the detections. */
  readonly objects: number;
  /** Different lines of text in the detections. */
  readonly texts: number;
  /** Objects and texts together. */
  readonly found: number;
  /** Score of the surest object; absent where there is none. */
  readonly confidence?: number;
  /** Words of its longest caption. */
  readonly words: number;
  /** Support of its captions of the whole clip by facts and detections, 0 to 1, the least; absent where they claim nothing. */
  readonly support?: number;
};

/** A captioner that counts where clips went. */
export interface RoutedCaptioner extends Captioner {
  /** Clips by what became of them since the start: `cheap`, or the condition that sent them to the costly one. */
  readonly routes: ReadonlyMap<string, number>;
}

/** Raised when a route changes for the same answers. */
const VERSION = '2';
const DEFAULT_RULE = ['cheap.found = 0', 'cheap.confidence < 0.5'];

/**
 * Asks the cheap captioner first, and the costly one only about the clips that the rule names, which gets the text that was read
 * on screen as context. Each caption says who wrote it; the cheap one's detections are kept either way, as they are what the route
 * was chosen by. Both captioners stay the caller's to dispose of.
 *
 * @throws ToolkitError `invalid-record` for a condition that cannot be read.
 */
export function routedCaptioner(options: RoutedCaptionerOptions): RoutedCaptioner {
  const { cheap, costly, when = DEFAULT_RULE } = options;
  const conditions = when.map(parseCondition);
  const routes = new Map<string, number>();
  const producer: Producer = {
    name: 'routed',
    version: VERSION,
    config: {
      cheap: cheap.producer,
      costly: costly.producer,
      when: conditions.map(formatCondition),
    },
  };
  const captionEach = async (
    requests: readonly CaptionRequest[],
    signal: AbortSignal,
  ): Promise<readonly (CaptionResult | Error)[]> => {
    const answers = await each(cheap, requests, signal);
    const reasons = answers.map((answer, at) =>
      answer instanceof Error ? undefined : reasonFor(conditions, requests[at], answer),
    );
    const sent = requests.flatMap((request, at) => {
      const answer = answers[at];
      return reasons[at] === undefined || answer === undefined || answer instanceof Error
        ? []
        : [withText(request, answer.detections)];
    });
    const better = (await each(costly, sent, signal)).values();
    return answers.map((answer, at) => {
      if (answer instanceof Error) return answer;
      const reason = reasons[at];
      const route = reason ?? 'cheap';
      routes.set(route, (routes.get(route) ?? 0) + 1);
      if (reason === undefined) return withWarning(answer, 'captioned-by-cheap');
      const { value } = better.next();
      return value === undefined || value instanceof Error
        ? (value ?? unanswered(costly))
        : withWarning(
            { ...value, detections: [...answer.detections, ...value.detections] },
            'captioned-by-costly',
          );
    });
  };
  return {
    producer,
    maxBatch: cheap.maxBatch,
    routes,
    captionEach,
    async caption(requests, signal) {
      return (await captionEach(requests, signal)).map((answer) => {
        if (answer instanceof Error) throw answer;
        return answer;
      });
    },
    // Neither captioner was made here.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** The request with the lines that the cheap captioner read, unless somebody read them before. */
function withText(request: CaptionRequest, detections: readonly Detection[]): CaptionRequest {
  const read = detections.filter(({ kind }) => kind === 'text').map(({ label }) => label);
  const { context } = request;
  if (read.length === 0 || context?.onScreenText !== undefined) return request;
  return { ...request, context: { ...context, onScreenText: [...new Set(read)] } };
}

/** The first condition that sends a clip to the costly captioner. */
function reasonFor(
  conditions: readonly Condition[],
  request: CaptionRequest | undefined,
  answer: CaptionResult,
): string | undefined {
  const facts = request?.clip.facts ?? {};
  const values: JsonObject = { ...facts, cheap: findingsOf(answer, facts) };
  const met = conditions.find(
    (condition) => judge(condition, fieldOf(values, condition.field)) === 'passes',
  );
  return met === undefined ? undefined : formatCondition(met);
}

function findingsOf({ captions, detections }: CaptionResult, facts: JsonObject): CheapFindings {
  const different = (kind: Detection['kind']): number =>
    new Set(detections.filter((found) => found.kind === kind).map(({ label }) => label)).size;
  const [objects, texts] = [different('object'), different('text')];
  const surest = detections.filter(({ kind }) => kind === 'object').map((of) => of.confidence);
  const supports = captions
    .filter(({ scale }) => scale !== 'frame')
    .map(({ text }) => supportOf(judgeClaims(text, { facts, detections, others: [] })))
    .filter((support) => support !== undefined);
  return {
    objects,
    texts,
    found: objects + texts,
    words: Math.max(0, ...captions.map(({ text }) => text.split(/\s+/).length)),
    ...(surest.length === 0 ? {} : { confidence: Math.max(...surest) }),
    ...(supports.length === 0 ? {} : { support: Math.min(...supports) }),
  };
}

/** Answers in the order of the requests, in calls of the captioner's own size. */
async function each(
  captioner: Captioner,
  requests: readonly CaptionRequest[],
  signal: AbortSignal,
): Promise<readonly (CaptionResult | Error)[]> {
  const answers: (CaptionResult | Error)[] = [];
  for (let from = 0; from < requests.length; from += captioner.maxBatch) {
    const batch = requests.slice(from, from + captioner.maxBatch);
    const answered =
      captioner.captionEach === undefined
        ? await captioner.caption(batch, signal)
        : await captioner.captionEach(batch, signal);
    if (answered.length !== batch.length) throw unanswered(captioner);
    answers.push(...answered);
  }
  return answers;
}

function withWarning(answer: CaptionResult, warning: string): CaptionResult {
  return { ...answer, warnings: [...(answer.warnings ?? []), warning] };
}

function unanswered({ producer }: Captioner): ToolkitError {
  return new ToolkitError(
    'accounting',
    `The captioner ${producer.name} gave another number of answers than it was asked for.`,
  );
}
