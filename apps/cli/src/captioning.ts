import type { Step, StepKey } from '@internvid/core';
import type { Captioner, ChatCaptioner, ChatPrice, ChatSpending } from '@internvid/captioner';

import type { CaptionConfig } from './caption-config.js';
import { describeStep, summariseStep } from './chat-steps.js';
import { formatCounts, plural } from './format.js';
import { openHubCaptioner } from './hub-captioner.js';
import type { Session } from './session.js';
import { defined } from './settings.js';
import { captionStep, draftStep, lookStep, settleStep } from './caption-steps.js';
import type { ClipSteps } from './steps.js';
import { withResource } from './with-resource.js';

/**
 * The captioner that the config names: a chat model's, one of transformers.js, one of the user's own, or else the embedded one; with a
 * route the embedded one before that other.
 */
export async function openCaptioner(session: Session): Promise<Captioner> {
  const other = await openOther(session);
  const { route } = session.config.caption ?? {};
  if (other === undefined) return openEmbedded(session);
  return route === undefined ? other : openRoute(session, other, route);
}

async function openOther(session: Session): Promise<Captioner | undefined> {
  const { captioner } = session.config.caption ?? {};
  if (captioner !== undefined)
    return 'caption' in captioner ? captioner : openHubCaptioner(captioner);
  const chat = await openChatCaptioner(session);
  return chat && tellingSpending(chat);
}

async function openEmbedded({ config, concurrency }: Session): Promise<Captioner> {
  const { embeddedCaptioner } = await import('@internvid/captioner');
  const { engine = 'onnx', processes } = config.caption ?? {};
  return embeddedCaptioner({
    engine,
    processes: processes ?? (engine === 'tfjs' ? 1 : concurrency),
  });
}

async function openRoute(
  session: Session,
  costly: Captioner,
  conditions: readonly string[],
): Promise<Captioner> {
  const { routedCaptioner } = await import('@internvid/captioner');
  const cheap = await openEmbedded(session);
  const when = conditions.length === 0 ? {} : { when: conditions };
  return {
    // What else a chat captioner does, its asker still does.
    ...costly,
    ...routedCaptioner({ cheap, costly, ...when }),
    async [Symbol.asyncDispose]() {
      await cheap[Symbol.asyncDispose]();
      await costly[Symbol.asyncDispose]();
    },
  };
}

/**
 * Captions the clips and, with a chat model, describes them in fields and summarises their videos where the config asks for it.
 *
 * @param run runs a step and gives it back.
 */
export async function runCaptioning(
  session: Session,
  steps: ClipSteps,
  run: (step: Step) => Promise<Step>,
): Promise<Step> {
  const settings = session.config.caption ?? {};
  const look = await runLook(session, steps, run);
  const told = { ...steps, look };
  return withResource(openCaptioner(session), async (captioner) => {
    const { caption, read } = await runCaptions(captioner, told, settings, run);
    if (!isChatCaptioner(captioner)) return caption;
    const { asker } = captioner;
    if (settings.structured === true)
      await run(await describeStep({ ...steps, look: read }, asker, settings));
    if (settings.summaries === true)
      await run(await summariseStep(caption, steps, asker, settings));
    return caption;
  });
}

/** Reads the frames before a model is asked about them, where the config asks for that. */
async function runLook(
  session: Session,
  steps: ClipSteps,
  run: (step: Step) => Promise<Step>,
): Promise<Step | undefined> {
  if (session.config.caption?.readText !== true) return undefined;
  return withResource(openEmbedded(session), async (reader) => run(await lookStep(steps, reader)));
}

/**
 * Runs the captioner. What models wrote is a draft until all of it is looked over for captions that come back; what is measured needs no
 * such look.
 *
 * @returns the captions, and the step that holds what was read in the frames.
 */
async function runCaptions(
  captioner: Captioner,
  steps: ClipSteps,
  { model, captioner: other, repeated = {}, grounding, route }: CaptionConfig,
  run: (step: Step) => Promise<Step>,
): Promise<{ readonly caption: Step; readonly read: StepKey | undefined }> {
  if (model === undefined && other === undefined)
    return { caption: await run(await captionStep(steps, captioner, grounding)), read: undefined };
  const { split, look } = steps;
  const draft = await run(await draftStep(steps, captioner));
  const caption = await run(await settleStep({ draft, split, look }, repeated, grounding));
  return { caption, read: route === undefined ? look : draft };
}

function isChatCaptioner(captioner: Captioner): captioner is ChatCaptioner {
  return 'asker' in captioner;
}

/** The captioner of the config's chat model; `undefined` where it names none. Its answers are kept in the dataset. */
export async function openChatCaptioner({
  config,
  store,
}: Pick<Session, 'config' | 'store'>): Promise<ChatCaptioner | undefined> {
  const { model, ...rest } = config.caption ?? {};
  if (model === undefined) return undefined;
  const { chatCaptioner } = await import('@internvid/captioner');
  const price = priceOf(model, rest.prices);
  const textPrice = priceOf(rest.textModel, rest.prices);
  return chatCaptioner({
    model,
    store,
    ...defined(ofChatModels(rest)),
    ...defined({ price, textPrice }),
  });
}

/** Settings of captioning that are none of a chat model's. */
const BESIDE_CHAT_MODELS = [
  'processes',
  'engine',
  'captioner',
  'structured',
  'summaries',
  'prices',
  'route',
  'grounding',
  'repeated',
  'readText',
] as const;

type ChatModelSettings = Omit<CaptionConfig, 'model' | (typeof BESIDE_CHAT_MODELS)[number]>;

function ofChatModels(settings: Omit<CaptionConfig, 'model'>): ChatModelSettings {
  const others: readonly string[] = BESIDE_CHAT_MODELS;
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !others.includes(name)));
}

/** The price of a chat model, by its name with or without its provider. */
export function priceOf(
  model: CaptionConfig['model'],
  prices: CaptionConfig['prices'] = {},
): ChatPrice | undefined {
  if (model === undefined) return undefined;
  if (typeof model === 'string') return prices[model] ?? prices[model.replace(/^[^:]*:/, '')];
  const { provider, model: name } = model as {
    readonly provider?: string;
    readonly model?: string;
  };
  return name === undefined ? undefined : (prices[`${provider ?? ''}:${name}`] ?? prices[name]);
}

/** Says on the error stream what was spent, when the captioner is closed. */
function tellingSpending(captioner: ChatCaptioner): Captioner {
  return {
    ...captioner,
    async [Symbol.asyncDispose]() {
      await captioner[Symbol.asyncDispose]();
      process.stderr.write(`${spendingText(captioner.spending())}\n`);
    },
  };
}

/** What was asked and what it cost, in a line. */
export function spendingText(spending: ChatSpending): string {
  const { requests, stored, unmetered, inputTokens, outputTokens, usd, rejected } = spending;
  const tokens = `${inputTokens.toLocaleString('en')} input and ${outputTokens.toLocaleString('en')} output tokens`;
  const faults = formatCounts(rejected);
  return [
    `Chat model: ${plural(requests, 'request')}, ${tokens}, ${usd === undefined ? 'no price set' : dollarText(usd)}`,
    ...(stored === 0 ? [] : [`${plural(stored, 'answer')} from earlier runs`]),
    ...(unmetered === 0 ? [] : [`${plural(unmetered, 'request')} without token counts`]),
    ...(faults === '' ? [] : [`not taken: ${faults}`]),
  ].join('; ');
}

/** `$12.34`, small amounts to the hundredth of a cent. */
export function dollarText(usd: number): string {
  return `$${usd.toFixed(usd < 1 ? 4 : 2)}`;
}
