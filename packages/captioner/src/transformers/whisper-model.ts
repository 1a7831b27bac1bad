import type { PreTrainedTokenizer, Tensor } from '@huggingface/transformers';
import { ToolkitError } from '@internvid/core';
import { loadTransformers } from './load-transformers.js';
import type { Exchanges, HeardPiece } from './model-messages.js';
import type { ModelPlace } from './model-source.js';
import { tokenRecorder, type TokenRecorder } from './token-recorder.js';
import { whisperWords, type TimedTokens } from './whisper-words.js';

type Whisper = Exchanges['whisper'];

/** What is read of a Whisper's `generation_config.json`. */
type WhisperSettings = {
  readonly is_multilingual?: boolean;
  readonly suppress_tokens?: readonly number[] | null;
  readonly lang_to_id?: Readonly<Record<string, number>>;
  readonly no_timestamps_token_id?: number;
  readonly decoder_start_token_id?: number;
  readonly eos_token_id?: number | readonly number[];
};

/** Samples of one step of the spectrum, at 16 kHz: 10 ms. */
const HOP = 160;

/** Loads a Whisper, which hears pieces of up to 30 seconds. Greedy. It blocks the thread that it runs on. */
export async function loadWhisper(
  place: ModelPlace,
): Promise<(question: Whisper['question']) => Promise<HeardPiece>> {
  const { library, options } = await loadTransformers(place);
  const { processor, model, tokenizer } = await library.pipeline(
    'automatic-speech-recognition',
    place.name,
    options,
  );
  const settings = (model.generation_config ?? {}) as unknown as WhisperSettings;
  const { no_timestamps_token_id: noTimes, is_multilingual: isMultilingual = false } = settings;
  if (model.config.model_type !== 'whisper' || noTimes === undefined)
    throw new ToolkitError('model-failed', `${place.name} is no Whisper model.`);

  return async ({ samples, language: wanted }) => {
    const { input_features: inputs } = (await processor(samples)) as { input_features: Tensor };
    const identified =
      isMultilingual && wanted === undefined ? await identifyLanguage(inputs) : undefined;
    const language = (isMultilingual ? (wanted ?? identified?.language) : undefined) ?? 'en';
    const recorder = recorderOf(settings.suppress_tokens ?? []);
    const timed = await timedTokens(inputs, recorder, {
      num_frames: Math.floor(samples.length / HOP),
      ...(isMultilingual ? { language, task: 'transcribe' } : {}),
    });
    const noSpeech = identified?.noSpeechProbability ?? recorder.noSpeechProbability();
    return {
      words: timed === undefined ? [] : whisperWords(timed),
      language,
      averageLogProbability: recorder.averageLogProbability(),
      ...(noSpeech === undefined ? {} : { noSpeechProbability: noSpeech }),
    };
  };

  /** What the model writes; `undefined` where it does not come to an end, which is no text that anybody said. */
  async function timedTokens(
    inputs: Tensor,
    recorder: TokenRecorder,
    asked: object,
  ): Promise<TimedTokens | undefined> {
    try {
      const { sequences, token_timestamps: times } = (await model.generate({
        inputs,
        return_timestamps: true,
        return_token_timestamps: true,
        ...asked,
        ...watchedBy(recorder),
      })) as unknown as { sequences: Tensor; token_timestamps: Tensor };
      return {
        tokens: numbersOf(sequences),
        times: numbersOf(times),
        firstMark: firstMark(settings, tokenizer),
        decode: (tokens) => tokenizer.decode([...tokens], { skip_special_tokens: false }),
      };
    } catch (error) {
      if (recorder.isEndless()) return undefined;
      throw error;
    }
  }

  /** A multilingual model says the language in its first token, and whether anybody speaks. */
  async function identifyLanguage(
    inputs: Tensor,
  ): Promise<{ readonly language: string; readonly noSpeechProbability: number | undefined }> {
    const recorder = recorderOf([]);
    await model.generate({
      inputs,
      decoder_input_ids: [settings.decoder_start_token_id],
      max_new_tokens: 1,
      ...watchedBy(recorder),
    } as never);
    return {
      language: likeliestLanguage(settings.lang_to_id ?? {}, recorder.firstProbability),
      noSpeechProbability: recorder.noSpeechProbability(),
    };
  }

  /** In every Whisper the token for "no speech" stands right before the one for "no timestamps". */
  function recorderOf(suppressed: readonly number[]): TokenRecorder {
    return tokenRecorder({ suppressed, noSpeechToken: (noTimes ?? 0) - 1 });
  }

  /** The suppressed tokens are ruled out by the recorder instead, which looks at their probabilities first: "no speech" is among them. */
  function watchedBy(recorder: TokenRecorder): object {
    const list = new library.LogitsProcessorList();
    list.push(recorder.process as never);
    return { suppress_tokens: [], logits_processor: list };
  }
}

/** The language whose token is likeliest, `und` where there are none; tokens look like `<|de|>`. */
export function likeliestLanguage(
  tokens: Readonly<Record<string, number>>,
  probabilityOf: (token: number) => number,
): string {
  const ranked = Object.entries(tokens).toSorted(
    ([, a], [, b]) => probabilityOf(b) - probabilityOf(a),
  );
  return ranked[0]?.[0].slice(2, -2) ?? 'und';
}

/** Texts come first in a Whisper's vocabulary, then the end of text, then all other marks. */
function firstMark(
  { eos_token_id: end = Infinity }: WhisperSettings,
  tokenizer: PreTrainedTokenizer,
): number {
  return Math.min(...[end].flat(), ...tokenizer.all_special_ids);
}

function numbersOf(tensor: Tensor): readonly number[] {
  return Array.from(tensor.data as Iterable<number | bigint>, Number);
}
