import type { Finding } from '../exports/finding.js';
import {
  jsonOf,
  numberedLines,
  repeatedKeys,
  wrongLineCount,
  type CheckedSet,
} from '../generated-check.js';
import { checkDocumentTars } from './check-document-tars.js';
import { faultsOf } from './document.js';
import { parseDocument } from './documents-file.js';
import { foreignPlaces, type Place } from './foreign-places.js';
import { clipFileName, type InterleavedFormat } from './formats.js';

/** A line read in its form: where clips and texts stand, or what is wrong with it. */
type ReadLine = (value: unknown, text: string) => readonly Place[] | string;

/** Looks into interleaved documents in any form: every line of its form, every clip one of the dataset, the text behind it a caption of it. */
export async function* checkDocuments(checked: CheckedSet): AsyncGenerator<Finding> {
  if (checked.manifest.format === 'webdataset') {
    yield* checkDocumentTars(checked);
    return;
  }
  const [file] = checked.files;
  const read = READERS[checked.manifest.format as InterleavedFormat] as ReadLine | undefined;
  if (read === undefined) {
    yield {
      file: 'manifest.json',
      problem: 'bad-manifest',
      message: `There is no form of documents called ${JSON.stringify(checked.manifest.format)}.`,
    };
    return;
  }
  if (file === undefined) return;
  const repeated = repeatedKeys(file.name);
  let count = 0;
  let clips = 0;
  for await (const { line, text } of numberedLines(checked, file.name)) {
    count++;
    const value = jsonOf(text);
    const places = typeof idOf(value) === 'string' ? read(value, text) : 'it is no document';
    if (typeof places === 'string') {
      yield { file: file.name, problem: 'bad-line', message: `line ${line}: ${places}.` };
      continue;
    }
    clips += places.filter((place) => 'clip' in place).length;
    yield* repeated(String(idOf(value)), line);
    for (const found of foreignPlaces(places, checked.known))
      yield { file: file.name, ...found, message: `line ${line}: ${found.message}` };
  }
  yield* wrongLineCount(file, count);
  if (clips !== checked.manifest.clips)
    yield {
      file: file.name,
      problem: 'wrong-count',
      message: `It names ${clips} clips, the list says ${JSON.stringify(checked.manifest.clips)}.`,
    };
}

const READERS: Readonly<Record<InterleavedFormat, ReadLine>> = {
  documents(_, text) {
    const document = parseDocument(text);
    if (document === undefined) return 'it is no document';
    const faults = faultsOf(document);
    return faults.length > 0 ? faults.join('; ') : document.items;
  },
  obelics(value) {
    const { videos, texts, metadata } = value as Readonly<Record<string, unknown>>;
    if (!isList(videos) || !isList(texts) || videos.length !== texts.length)
      return '`videos` and `texts` are not lists of one length';
    const spans = typeof metadata === 'string' ? jsonOf(metadata) : undefined;
    if (!isList(spans) || spans.length !== videos.length)
      return '`metadata` is no list of the same length';
    const one = videos.findIndex((video, at) => (video === null) === (texts[at] === null));
    if (one !== -1) return `place ${one + 1} holds not exactly one of clip and text`;
    return places(videos.map((video, at) => (video === null ? { text: texts[at] } : { video })));
  },
  mmc4(value) {
    const { text_list: texts, video_info: videos } = value as Readonly<Record<string, unknown>>;
    if (!isList(texts) || !isList(videos)) return '`text_list` and `video_info` are not both lists';
    const parts: Part[] = texts.map((text) => ({ text }));
    const placed = [...videos].reverse() as readonly Readonly<Record<string, unknown>>[];
    for (const info of placed) {
      const at = Number(info.matched_text_index);
      if (!Number.isInteger(at) || at < 0 || at > texts.length)
        return `\`matched_text_index\` ${String(info.matched_text_index)} leads to no text`;
    }
    const ordered = texts.flatMap((_, at) => [
      ...placed
        .filter((info) => info.matched_text_index === at)
        .reverse()
        .map(nameOf),
      parts[at] as Part,
    ]);
    const last = placed.filter((info) => info.matched_text_index === texts.length).reverse();
    return places([...ordered, ...last.map(nameOf)]);
  },
  chat(value) {
    const { messages } = value as Readonly<Record<string, unknown>>;
    const [message] = isList(messages) ? (messages as readonly { content?: unknown }[]) : [];
    if (!isList(message?.content)) return '`messages` holds no message with parts';
    return places(message.content as readonly Part[]);
  },
};

type Part = { readonly video?: unknown; readonly text?: unknown };

function nameOf(info: Readonly<Record<string, unknown>>): Part {
  return { video: info.video_name };
}

function places(parts: readonly Part[]): readonly Place[] | string {
  const found: Place[] = [];
  for (const [at, { video, text }] of parts.entries()) {
    if (typeof text === 'string' && text.trim() !== '') found.push({ text });
    else if (typeof video === 'string' && video === clipFileName(clipOf(video)))
      found.push({ clip: clipOf(video) });
    else return `place ${at + 1} is neither a clip nor a text`;
  }
  return found.some((place) => 'clip' in place) ? found : 'it has no clip';
}

function clipOf(file: string): string {
  return file.slice(0, -'.mp4'.length);
}

function idOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? (value as { id?: unknown }).id : undefined;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
