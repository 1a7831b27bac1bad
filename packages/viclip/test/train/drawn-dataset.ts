import {
  captionsTable,
  clipId,
  clipsTable,
  framesTable,
  sha256,
  span,
  tableKey,
  writeTable,
  type SampledFrame,
  type Store,
  type Table,
} from '@internvid/core';
import { encodeJpeg, type Picture } from '@internvid/core/media';

const COLOURS = {
  red: [220, 30, 30],
  green: [30, 170, 60],
  blue: [40, 60, 220],
  yellow: [230, 210, 40],
  white: [240, 240, 240],
  black: [15, 15, 15],
} as const;
const SHAPES = ['square', 'disc', 'bar'] as const;
const MOVES = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] } as const;

type Scene = {
  readonly colour: keyof typeof COLOURS;
  readonly shape: (typeof SHAPES)[number];
  readonly move: keyof typeof MOVES;
  /** Other places and backgrounds of the same words. */
  readonly take: number;
};

const BY = { name: 'drawn', version: '1', config: {} };
const FINGERPRINT = 'drawn';
const [WIDTH, HEIGHT, FRAMES] = [96, 72, 4];

/** A clip of every colour, shape and direction, `takes` times, each in a video of its own. */
export function drawnScenes(takes: number): readonly Scene[] {
  const scenes: Scene[] = [];
  for (const colour of Object.keys(COLOURS) as (keyof typeof COLOURS)[])
    for (const shape of SHAPES)
      for (const move of Object.keys(MOVES) as (keyof typeof MOVES)[])
        for (let take = 0; take < takes; take++) scenes.push({ colour, shape, move, take });
  return scenes;
}

/** Writes a dataset of drawn clips as the steps `split`, `sample` and `caption` leave it. */
export async function writeDrawnDataset(store: Store, scenes: readonly Scene[]): Promise<void> {
  const clips: unknown[] = [];
  const captions: unknown[] = [];
  const frames: SampledFrame[] = [];
  const pictures: Uint8Array[] = [];
  let offset = 0;
  for (const { colour, shape, move, take } of scenes) {
    const video = `${colour}-${shape}-${move}-${take}`;
    const id = clipId(video, span(0, 4000));
    clips.push({ id, video, span: span(0, 4000), facts: {} });
    const text = `A ${colour} ${shape} moves ${move}.`;
    const about = { language: 'en', framesSha256: sha256(video), by: BY };
    captions.push({ clip: id, scale: 'fine', text, ...about });
    for (let at = 0; at < FRAMES; at++) {
      const bytes = await encodeJpeg(draw({ colour, shape, move, take }, at));
      const picture = { key: 'frames.bin', offset, bytes: bytes.length, sha256: sha256(bytes) };
      frames.push({
        id: `${id}_${at}`,
        clip: id,
        timeMs: 500 + at * 1000,
        width: WIDTH,
        height: HEIGHT,
        picture: { ...picture, mediaType: 'image/jpeg' },
      });
      pictures.push(bytes);
      offset += bytes.length;
    }
  }
  await store.write('frames.bin', Buffer.concat(pictures));
  await write(store, 'split', clipsTable, clips as never[]);
  await write(store, 'sample', framesTable, frames);
  await write(store, 'caption', captionsTable, captions as never[]);
  const step = { fingerprint: FINGERPRINT, parts: [] };
  const steps = { split: step, sample: step, caption: step };
  await store.write('dataset.json', JSON.stringify({ schema: 1, steps }));
}

async function write<Row>(
  store: Store,
  step: string,
  table: Table<Row>,
  rows: readonly Row[],
): Promise<void> {
  const writer = writeTable(store, tableKey(table.name, FINGERPRINT, 'only'), table);
  for (const row of rows) writer.add(row);
  await writer.finish();
  await store.write(`reports/${step}/${FINGERPRINT}/only.json`, '{}');
}

function draw({ colour, shape, move, take }: Scene, at: number): Picture {
  const data = new Uint8Array(WIDTH * HEIGHT * 3).fill(90 + 25 * (take % 4));
  const [dx, dy] = MOVES[move];
  const way = (at - (FRAMES - 1) / 2) * 14;
  const x = WIDTH / 2 + dx * way + ((take * 7) % 9) - 4;
  const y = HEIGHT / 2 + dy * way + ((take * 5) % 7) - 3;
  for (let row = 0; row < HEIGHT; row++) {
    for (let column = 0; column < WIDTH; column++) {
      const [a, b] = [Math.abs(column - x), Math.abs(row - y)];
      const isInside =
        shape === 'disc'
          ? a * a + b * b < 196
          : shape === 'bar'
            ? a < 22 && b < 6
            : a < 12 && b < 12;
      if (isInside) data.set(COLOURS[colour], (row * WIDTH + column) * 3);
    }
  }
  return { width: WIDTH, height: HEIGHT, format: 'rgb24', data };
}
