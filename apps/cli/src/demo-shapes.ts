import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { FrameReader, Picture } from '@internvid/core/media';
import type { ViclipEncoder } from '@internvid/viclip';
import type { ShapesFilm } from '@internvid/viclip/shapes';

import { formatTable } from './format.js';
import type { Session } from './session.js';
import { withResource } from './with-resource.js';
import { openFrameReader } from './work.js';

/** A film of shapes, what is true of it, and what was said of it. */
export type WatchedFilm = {
  readonly film: string;
  readonly truth: string;
  /** Of the captions of all films the nearest one. */
  readonly said: string;
  readonly isRight: boolean;
  /** Likewise, after its pictures were shuffled. */
  readonly saidShuffled: string;
  readonly isRightShuffled: boolean;
};

/** How often the right one was the nearest of all, in percent. */
type Recall = { readonly filmToText: number; readonly textToFilm: number };

/** What viclip-shapes makes of films that it never learnt from. */
export type ShapesDemo = {
  readonly films: readonly WatchedFilm[];
  readonly recallAt1: {
    readonly chance: number;
    readonly drawn: Recall;
    readonly shuffled: Recall;
  };
};

/** Draws films of shapes, encodes them, decodes them again and lets the model that is shipped tell which caption is whose. */
export async function watchShapes(folder: string, session: Session): Promise<ShapesDemo> {
  const { shapesViclip } = await import('@internvid/viclip');
  const { filmName } = await import('@internvid/viclip/shapes');
  const films = await heldOutPairs();
  process.stderr.write(`drawing ${films.length} films of shapes\n`);
  await mkdir(folder, { recursive: true });
  const paths = films.map((film) => join(folder, `${filmName(film)}.mp4`));
  for (const [place, film] of films.entries()) await writeFilm(film, paths[place] ?? '', session);
  process.stderr.write('watching them with viclip-shapes\n');
  const reader = await openFrameReader(session);
  return withResource(shapesViclip(), (encoder) =>
    judge(films, paths, { encoder, reader, signal: session.signal }),
  );
}

/** Which of the films of a kind are shown: the shares are taken of the list of all that are held out. */
const SHOWN: readonly (readonly [ShapesFilm['kind'], share: number])[] = [
  ['motion', 0.2],
  ['motion', 0.5],
  ['motion', 0.8],
  ['turn', 0.3],
  ['turn', 0.7],
  ['sequence', 0.5],
];

/** Held-out films, each with what it is backwards: only the order of the pictures tells the two apart. */
async function heldOutPairs(): Promise<readonly ShapesFilm[]> {
  const { allFilms, backwards, filmName, isHeldOut } = await import('@internvid/viclip/shapes');
  const films = allFilms()
    .filter(isHeldOut)
    .filter((film) => filmName(backwards(film)) !== filmName(film));
  return SHOWN.flatMap(([kind, share]) => {
    const alike = films.filter((film) => film.kind === kind);
    const film = alike[Math.floor(share * alike.length)];
    return film === undefined ? [] : [film, backwards(film)];
  });
}

const SIDE = 192;
const FRAMES = 48;
const FRAME_RATE = { num: 24, den: 1 } as const;

async function writeFilm(
  film: ShapesFilm,
  path: string,
  { config, signal }: Session,
): Promise<void> {
  const { encodeFilm } = await import('@internvid/core/testing');
  const { filmName, drawScene, sceneOf } = await import('@internvid/viclip/shapes');
  const name = filmName(film);
  const scene = sceneOf(film, `demo/${name}`);
  const pictures = function* (): Generator<Picture> {
    for (let frame = 0; frame < FRAMES; frame++)
      yield drawScene(scene, (frame + 0.5) / FRAMES, SIDE, frame);
  };
  await encodeFilm(
    { name, width: SIDE, height: SIDE, frameRate: FRAME_RATE, pictures: pictures() },
    path,
    { ...(config.ffmpeg === undefined ? {} : { ffmpeg: config.ffmpeg }), signal },
  );
}

type Eyes = {
  readonly encoder: ViclipEncoder;
  readonly reader: FrameReader;
  readonly signal: AbortSignal;
};

async function judge(
  films: readonly ShapesFilm[],
  paths: readonly string[],
  { encoder, reader, signal }: Eyes,
): Promise<ShapesDemo> {
  const { dotProducts, evaluateRetrieval, readVideoPictures } = await import('@internvid/viclip');
  const { filmName, plainCaption } = await import('@internvid/viclip/shapes');
  const clips: (readonly Picture[])[] = [];
  const options = { count: encoder.framesPerClip };
  for (const path of paths) clips.push(await readVideoPictures(reader, path, options, signal));
  const captions = films.map(plainCaption);
  const texts = await encoder.embedTexts(captions, signal);
  const watch = async (shown: readonly (readonly Picture[])[]): Promise<Judgement> => {
    const cosines = dotProducts(await embedAll(encoder, shown, signal), texts);
    const { plain } = evaluateRetrieval(
      cosines,
      captions.map((_, film) => [film]),
    );
    return {
      recall: { filmToText: plain.videoToText.r1, textToFilm: plain.textToVideo.r1 },
      said: films.map((_, film) => {
        const row = cosines.values.subarray(film * cosines.columns, (film + 1) * cosines.columns);
        return captions[row.indexOf(Math.max(...row))] ?? '';
      }),
    };
  };
  const drawn = await watch(clips);
  const shuffled = await watch(clips.map(outOfOrder));
  return {
    films: films.map((film, place) => {
      const [truth = '', said = '', saidShuffled = ''] = [captions, drawn.said, shuffled.said].map(
        (texts) => texts[place],
      );
      const [isRight, isRightShuffled] = [said === truth, saidShuffled === truth];
      return { film: filmName(film), truth, said, isRight, saidShuffled, isRightShuffled };
    }),
    recallAt1: {
      chance: 100 / films.length,
      drawn: drawn.recall,
      shuffled: shuffled.recall,
    },
  };
}

type Judgement = { readonly recall: Recall; readonly said: readonly string[] };

async function embedAll(
  encoder: ViclipEncoder,
  clips: readonly (readonly Picture[])[],
  signal: AbortSignal,
): Promise<readonly Float32Array[]> {
  const vectors: Float32Array[] = [];
  for (let first = 0; first < clips.length; first += encoder.maxBatch)
    vectors.push(
      ...(await encoder.embedClips(clips.slice(first, first + encoder.maxBatch), signal)),
    );
  return vectors;
}

/** Half of all pairs of these eight places stand the wrong way round, so that it goes neither forwards nor backwards. */
const OUT_OF_ORDER = [3, 6, 0, 5, 2, 7, 1, 4] as const;

function outOfOrder(pictures: readonly Picture[]): readonly Picture[] {
  return OUT_OF_ORDER.flatMap((place) => pictures[place] ?? []);
}

/** What was said of the films as a table, and how often it was right. */
export function formatShapes({ films, recallAt1 }: ShapesDemo): string {
  const { chance, drawn, shuffled } = recallAt1;
  const percent = (value: number): string => `${value.toFixed(0)} %`;
  const row = (name: string, { filmToText, textToFilm }: Recall): string[] => [
    name,
    percent(filmToText),
    percent(textToFilm),
  ];
  const said = films.map(({ film, said, isRight }) => [isRight ? '✓' : '✗', film, said]);
  return [
    formatTable(['', 'film', `nearest of ${films.length} captions`], said),
    '',
    formatTable(
      ['R@1', 'film to text', 'text to film'],
      [
        row('as drawn', drawn),
        row('shuffled', shuffled),
        row('chance', { filmToText: chance, textToFilm: chance }),
      ],
    ),
    '',
    'Every film is there with what it is backwards, and the two have the same pictures or nearly so: who does not look at',
    'their order is right in half at most, save by luck. viclip-shapes was trained on other combinations of shape, colour and motion.',
  ].join('\n');
}
