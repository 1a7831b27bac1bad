import { retry, ToolkitError, type JsonObject } from '@internvid/core';
import { promptId } from '../prompts/prompt.js';
import type { AnswerFault } from './answer-checks.js';
import { askedAgain } from './asked-again.js';
import { answersInMemory, answerStore, type AnsweredRequest } from './answer-store.js';
import type { CallSettings, ChatModel } from './chat-model.js';
import { judgeAnswer, type GoodAnswer } from './judge-answer.js';
import { openLedger, type ChatSpending } from './ledger.js';
import { messagesIdentity, messagesOf } from './messages.js';
import { openModel, type OpenModel } from './open-model.js';
import type { Question } from './question.js';
import type { RawAnswer } from './raw-answer.js';
import { assumedInputTokens } from './request-tokens.js';
import { askSettings, type ChatAskerOptions } from './ask-settings.js';
import { renderedRequest } from './rendered-request.js';

/** Asks a chat model, keeps its answers, its books and its limits. */
export interface ChatAsker extends AsyncDisposable {
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

/** Makes an asker. Its gate, books and budget last as long as it does; dispose of it to let go of a model in this process. */
export function chatAsker(options: ChatAskerOptions): ChatAsker {
  const settings = askSettings(options);
  const { model: choice, price, textModel, textPrice } = options;
  const seeing = openModel(choice, price, settings);
  const writing = textModel === undefined ? seeing : openModel(textModel, textPrice, settings);
  const models = new Set([seeing, writing]);
  const modelFor = ({ pictures }: Question): OpenModel => (pictures.length > 0 ? seeing : writing);
  const answers = options.store === undefined ? answersInMemory() : answerStore(options.store);
  const ledger = openLedger(
    [...models].map((each) => each.price),
    options.budget,
  );

  const send = (request: Try, key: AnsweredRequest, signal: AbortSignal): Promise<RawAnswer> => {
    const { gate } = modelFor(request.question);
    return retry(() => gate.pass(() => sendOnce(request, key, signal), signal), {
      ...settings.retry,
      signal,
    });
  };
  const sendOnce = async (
    { question, settings: call }: Try,
    key: AnsweredRequest,
    signal: AbortSignal,
  ): Promise<RawAnswer> => {
    const { model, gate, price: cost } = modelFor(question);
    const messages = await messagesOf(question, signal);
    const most = {
      inputTokens: assumedInputTokens(question, settings.tokensPerPicture),
      outputTokens: call.maxOutputTokens,
    };
    const book = ledger.reserve(most, cost);
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
    const key = keyOf(request, modelFor(request.question).model);
    const stored = await answers.read(key, signal);
    if (stored !== undefined) ledger.addStored();
    return stored ?? send(request, key, signal);
  };

  return {
    identity: seeing.model.identity,
    config: {
      ...seeing.model.identity,
      ...(writing === seeing ? {} : { textModel: writing.model.identity }),
      ...settings.config,
    },
    async ask(question, signal) {
      let current = question;
      let fault: AnswerFault | undefined;
      for (let attempt = 0; attempt < settings.attempts; attempt += 1) {
        const call = settings.callOf(attempt, question);
        const answer = await answerTo({ question: current, settings: call }, signal);
        const judged = judgeAnswer(answer, question, current);
        if ('good' in judged) return judged.good;
        fault = judged.fault;
        ledger.addRejected(fault);
        current = askedAgain(question, current, judged);
      }
      const message = `${question.about}: no answer of ${modelFor(question).model.identity.model} to ${promptId(question.prompt)} could be kept after ${settings.attempts} tries; the last was ${fault}.`;
      throw new ToolkitError('model-failed', message, { details: { fault: fault ?? 'none' } });
    },
    async render(question, signal) {
      const call = settings.callOf(0, question);
      const messages = await messagesOf(question, signal);
      const form = question.form === undefined ? {} : { form: question.form };
      const request = await modelFor(question).model.rehearse({
        messages,
        settings: call,
        ...form,
      });
      return renderedRequest(question, request, messages, call);
    },
    spending: () => ledger.spending(),
    async [Symbol.asyncDispose]() {
      for (const { close } of models) await close();
    },
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
