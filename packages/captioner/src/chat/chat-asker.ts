import { retry, ToolkitError, type JsonObject } from '@internvid/core';
import { promptId } from '../prompts/prompt.js';
import { judgeText, REMINDERS, type AnswerFault, type AnswerJudgement } from './answer-checks.js';
import { asSentence } from './as-sentence.js';
import { answersInMemory, answerStore, type AnsweredRequest } from './answer-store.js';
import { chatModel, type CallSettings, type ChatModel } from './chat-model.js';
import { openLedger, type ChatSpending } from './ledger.js';
import { messagesIdentity, messagesOf } from './messages.js';
import { givesOrders } from './injection-check.js';
import { modelSource } from './model-source.js';
import type { Question } from './question.js';
import { jsonOf, type RawAnswer } from './raw-answer.js';
import { requestGate } from './request-gate.js';
import { assumedInputTokens } from './request-tokens.js';
import { askSettings, type ChatAskerOptions } from './ask-settings.js';
import { renderedRequest } from './rendered-request.js';

/** An answer that passed every check. */
export type GoodAnswer = { readonly text: string; readonly form?: JsonObject };

/** Asks a chat model, keeps its answers, its books and its limits. */
export interface ChatAsker {
  readonly identity: ChatModel['identity'];
  /** What decides which answers come, for fingerprints: the model and how it is asked. */
  readonly config: JsonObject;
  /**
   * Asks until an answer passes the checks: each further try at another temperature and with a word about what was wrong, and without
   * the data that an answer obeyed or copied.
   *
   * @throws ToolkitError `model-failed` with the last fault in `details.fault`, or with `details.reason` `over-budget`; `network`, `timeout`,
   * `invalid-config`, `corrupt`, `store-failed`; the abort reason.
   */
  ask(question: Question, signal: AbortSignal): Promise<GoodAnswer>;
  /** The first request that a question leads to, pictures by type, size and hash. Sends nothing. */
  render(question: Question, signal: AbortSignal): Promise<JsonObject>;
  spending(): ChatSpending;
}

/** What is asked in one try. */
type Try = { readonly question: Question; readonly settings: CallSettings };

/** Makes an asker. Its gate, books and budget last as long as it does. */
export function chatAsker(options: ChatAskerOptions): ChatAsker {
  const settings = askSettings(options);
  const model = chatModel(modelSource(options.model), settings.timeoutMs);
  const answers = options.store === undefined ? answersInMemory() : answerStore(options.store);
  const ledger = openLedger(options.price, options.budget);
  const gate = requestGate(settings);

  const send = (request: Try, key: AnsweredRequest, signal: AbortSignal): Promise<RawAnswer> =>
    retry(() => gate.pass(() => sendOnce(request, key, signal), signal), {
      ...settings.retry,
      signal,
    });
  const sendOnce = async (
    { question, settings: call }: Try,
    key: AnsweredRequest,
    signal: AbortSignal,
  ): Promise<RawAnswer> => {
    const messages = await messagesOf(question, signal);
    const book = ledger.reserve({
      inputTokens: assumedInputTokens(question, settings.tokensPerPicture),
      outputTokens: call.maxOutputTokens,
    });
    let answer: RawAnswer | undefined;
    try {
      const form = question.form === undefined ? {} : { form: question.form };
      answer = await model.ask({ messages, settings: call, ...form }, question.about, signal);
    } catch (error) {
      if (ToolkitError.is(error) && error.retryAfterMs !== undefined) gate.hold(error.retryAfterMs);
      throw error;
    } finally {
      book(answer?.usage);
    }
    // Even a run that is being stopped keeps what it paid for.
    await answers.write(key, answer, new AbortController().signal);
    return answer;
  };
  const answerTo = async (request: Try, signal: AbortSignal): Promise<RawAnswer> => {
    const key = keyOf(request, model);
    const stored = await answers.read(key, signal);
    if (stored !== undefined) ledger.addStored();
    return stored ?? send(request, key, signal);
  };

  return {
    identity: model.identity,
    config: { ...model.identity, ...settings.config },
    async ask(question, signal) {
      let current = question;
      let fault: AnswerFault | undefined;
      for (let attempt = 0; attempt < settings.attempts; attempt += 1) {
        const call = settings.callOf(attempt, question);
        const answer = await answerTo({ question: current, settings: call }, signal);
        const judged = judge(answer, question, current);
        if ('good' in judged) return judged.good;
        fault = judged.fault;
        ledger.addRejected(fault);
        current = afterFault(question, current, judged);
      }
      const message = `${question.about}: no answer of ${model.identity.model} to ${promptId(question.prompt)} could be kept after ${settings.attempts} tries; the last was ${fault}.`;
      throw new ToolkitError('model-failed', message, { details: { fault: fault ?? 'none' } });
    },
    async render(question, signal) {
      const call = settings.callOf(0, question);
      const messages = await messagesOf(question, signal);
      const form = question.form === undefined ? {} : { form: question.form };
      const request = await model.rehearse({ messages, settings: call, ...form });
      return renderedRequest(question, request, messages, call);
    },
    spending: () => ledger.spending(),
  };
}

function keyOf({ question, settings }: Try, { identity }: ChatModel): AnsweredRequest {
  return {
    about: question.about,
    framesSha256: question.framesSha256,
    prompt: promptId(question.prompt),
    model: identity,
    settings: { ...settings, ...(question.form === undefined ? {} : { form: true }) },
    messages: messagesIdentity(question),
  };
}

type Judged = { readonly good: GoodAnswer } | AnswerJudgement;

function judge(answer: RawAnswer, original: Question, asked: Question): Judged {
  if (answer.refusal !== undefined || answer.ended === 'filtered') return { fault: 'refused' };
  if (answer.ended === 'length') return { fault: 'cut-off' };
  if (original.form !== undefined) return judgeForm(answer.text, original, asked);
  const text = asSentence(answer.text, original.rules.language);
  return judgeText(text, asked) ?? { good: { text } };
}

function judgeForm(answer: string, { form }: Question, asked: Question): Judged {
  const parsed = form?.safeParse(jsonOf(answer));
  if (parsed?.success !== true) return { fault: 'no-form' };
  const fields = parsed.data as JsonObject;
  const text = textsIn(fields).join('. ');
  return judgeText(text, asked) ?? { good: { text, form: fields } };
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.trim() === '' ? [] : [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** The question as it is asked again. */
function afterFault(
  original: Question,
  last: Question,
  { fault, fields = [] }: AnswerJudgement,
): Question {
  // Whatever is wrong with an answer, orders in its data may be why.
  const texts = Object.entries(last.material.texts).filter(
    ([name, text]) => !fields.includes(name) && !givesOrders(text),
  );
  const { prompt } = original;
  return {
    ...last,
    material: { ...last.material, texts: Object.fromEntries(texts) },
    prompt: { ...prompt, ask: `${prompt.ask} ${REMINDERS[fault]}` },
  };
}
