import { expect, it } from '@jest/globals';
import type { JsonObject } from '@internvid/core';
import { ffmpegFrameReader } from '@internvid/core/media';
import { measurements, type Measurements } from '../../src/facts/measurements.js';
import { FILTERS, type FilterName } from '../../src/filters/thresholds.js';
import { analysedSize } from '../../src/split.js';
import { describeWithShared, readJson, shared } from '../shared.js';

type TruthShot = { readonly start_s: number; readonly end_s: number } & {
  readonly camera: string;
  readonly camera_also?: readonly string[];
};
type Truth = { readonly videos: readonly { file: string; shots: readonly TruthShot[] }[] };

const frames = ffmpegFrameReader();
const measured = new Map<string, Promise<Measurements>>();

/** Measures each file once. */
function measurementsOf(file: string): Promise<Measurements> {
  const known = measured.get(file) ?? measure(shared(`media/${file}`));
  measured.set(file, known);
  return known;
}

async function measure(path: string): Promise<Measurements> {
  const info = await frames.probe(path);
  const found = measurements();
  const request = { select: { kind: 'all' }, outputs: [analysedSize({ info })] } as const;
  for await (const { index, timeMs, pictures } of frames.frames(path, request)) {
    for (const picture of pictures) found.push({ index, timeMs, picture });
  }
  return found;
}

async function factsOf(file: string, fromS: number, untilS: number): Promise<JsonObject> {
  const found = await measurementsOf(file);
  return found.over({ startMs: Math.round(fromS * 1000), endMs: Math.round(untilS * 1000) });
}

function isFlagged(facts: JsonObject, name: FilterName): boolean {
  const { fact, limit, threshold } = FILTERS[name];
  const value = facts[fact];
  if (typeof value !== 'number') return false;
  return limit === 'atLeast' ? value >= threshold : value <= threshold;
}

/** The filters that say something about a shot, in their order. */
function flagsOf(facts: JsonObject): readonly string[] {
  return (Object.keys(FILTERS) as FilterName[]).filter((name) => isFlagged(facts, name));
}

describeWithShared('the filters on real shots, with the thresholds that they have', () => {
  it.each<[string, number, number, readonly FilterName[]]>([
    ['captioned/beach_skyline.mp4', 0, 4.24, []],
    ['captioned/rugby_team.mp4', 0, 2.5, []],
    ['captioned/welding.mp4', 1.084, 3.378, []],
    ['cat_portrait_h264.mp4', 0, 5.13, []],
    ['coin_desk_h264.mov', 0, 8, []],
    ['captioned/video_game_wall.mp4', 0, 2.67, ['bordered', 'too-much-text']],
    ['captioned/windows_settings.mp4', 0, 6.83, ['slideshow']],
    ['captioned/noodle_soup.mp4', 0, 1.168, ['too-much-text']],
    ['broken/vfr_screen_recording_57600tbr.mp4', 0, 8.7, ['too-much-text', 'screen-recording']],
    ['lego_machine_h263_amr.3gp', 0, 5.5, ['bordered']],
    ['webb_telescope_narrated_multitrack.mp4', 0, 5.6, ['dark']],
    ['fades_leaf_deer_h264.mp4', 1.2, 5, ['still', 'too-much-text', 'slideshow']],
  ])('%s from %d to %d s: %j', async (file, fromS, untilS, expected) => {
    expect(flagsOf(await factsOf(file, fromS, untilS))).toEqual(expected);
  });

  it('find the letterbox of a portrait machine film and the pillars of a game to the line', async () => {
    const machine = await factsOf('lego_machine_h263_amr.3gp', 0, 5.5);
    expect(machine.borderPixels).toEqual({ top: 29, bottom: 28, left: 0, right: 0 });
    const none = await factsOf('webb_telescope_narrated_multitrack.mp4', 0, 5.6);
    expect(none.borderRatio).toBe(0);
  });
});

/** What the words of a measured move may be called by eye. */
const BY_EYE: Readonly<Record<string, readonly string[]>> = {
  shake: ['handheld', 'mixed'],
  moving: ['handheld', 'mixed', 'forward'],
  'zoom-in': ['zoom-in', 'forward'],
  roll: ['mixed', 'handheld'],
};

describeWithShared('the camera of real shots', () => {
  it('is right wherever it is named, and named in most of them', async () => {
    const { videos } = readJson('media/truth/objects.json') as Truth;
    let [named, unclear] = [0, 0];
    const wrong: string[] = [];
    for (const { file, shots } of videos.filter((video) => CAMERA_FILES.includes(video.file))) {
      for (const { start_s, end_s, camera, camera_also = [] } of shots) {
        const { camera: said } = await factsOf(file, start_s, end_s);
        if (typeof said !== 'string' || said === 'unclear') unclear++;
        else if ((BY_EYE[said] ?? [said]).some((word) => [camera, ...camera_also].includes(word)))
          named++;
        else wrong.push(`${file} ${start_s}: ${said}, not ${camera}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(named).toBeGreaterThan(2 * unclear);
  });
});

const CAMERA_FILES = [
  'captioned/beach_skyline.mp4',
  'captioned/calm_lake.mp4',
  'captioned/rugby_team.mp4',
  'captioned/truck_dune_jump.mp4',
  'captioned/windows_settings.mp4',
  'lego_machine_h263_amr.3gp',
  'room_phone_rotated180_vfr.mp4',
  'segway_tv_4shots_h264.mp4',
  'webb_telescope_narrated_multitrack.mp4',
];
