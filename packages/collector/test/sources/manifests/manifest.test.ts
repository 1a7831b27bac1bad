import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parquetWriteFile } from 'hyparquet-writer';
import { manifestReport } from '../../../src/sources/manifest-report.js';
import { manifestSource } from '../../../src/sources/manifest.js';
import { temporaryFolder } from '../../drawn-video.js';
import { readAll, shardsOf } from '../read-source.js';

const folder = temporaryFolder();
let files = 0;

/** A csv of cells that are all quoted, or JSON lines. */
function manifest(rows: readonly (readonly string[])[]): string {
  const path = join(folder, `list-${files++}.csv`);
  const quoted = rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','));
  writeFileSync(path, `${quoted.join('\n')}\n`);
  return path;
}

function jsonLines(rows: readonly object[]): string {
  const path = join(folder, `list-${files++}.jsonl`);
  writeFileSync(path, rows.map((row) => JSON.stringify(row)).join('\n'));
  return path;
}

describe('lists of published data sets', () => {
  it('of InternVid give a candidate for each video, with stretches, captions and scores', async () => {
    const row = (start: string, end: string, caption: string): object => ({
      YoutubeID: '0TDAwrav8Dc',
      Start_timestamp: start,
      End_timestamp: end,
      Caption: caption,
      UMT_Score: 0.41,
      Aesthetic_Score: 4.7,
    });
    const path = jsonLines([
      row('00:01:51.578', '00:01:53.647', 'a man walks'),
      {
        YoutubeID: '-AbCdEfGhIj',
        Start_timestamp: '00:00:00.000',
        End_timestamp: '00:00:02.000',
        Caption: 'x',
        'UMT-SIM': 0.3,
      },
      row('01:02:03.004', '01:02:10.000', 'a man sits'),
    ]);
    const { outputs } = await readAll(manifestSource(path));
    expect(outputs).toMatchObject([
      {
        id: 'youtube-0TDAwrav8Dc',
        url: 'https://www.youtube.com/watch?v=0TDAwrav8Dc',
        spans: [
          { startMs: 111_578, endMs: 113_647 },
          { startMs: 3_723_004, endMs: 3_730_000 },
        ],
        metadata: {
          clips: [
            {
              startMs: 111_578,
              endMs: 113_647,
              caption: 'a man walks',
              UMT_Score: 0.41,
              Aesthetic_Score: 4.7,
            },
            { caption: 'a man sits' },
          ],
        },
      },
      { id: 'youtube--AbCdEfGhIj', metadata: { clips: [{ 'UMT-SIM': 0.3 }] } },
    ]);
  });

  it('of Panda-70M are read from Python lists, a bad stretch failing alone', async () => {
    const path = manifest([
      ['videoID', 'url', 'timestamp', 'caption', 'matching_score', 'desirable_filtering'],
      [
        'AbCdEfGhIjK',
        'https://www.youtube.com/watch?v=AbCdEfGhIjK',
        "[['0:00:13.123', '0:00:15.2'], ['0:00:09', '0:00:08'], ['0:01:00.000', '0:01:10.50']]",
        `["It's a \\"cake\\"", 'x', 'a dög']`,
        '[0.43, 0.5, 0.61]',
        "['desirable', '0_low_desirable_score', 'desirable']",
      ],
      [
        'AbCdEfGhIj2',
        'https://www.youtube.com/watch?v=AbCdEfGhIj2',
        "[['0:00:01', '0:00:02']]",
        "['a', 'b']",
        '[0.4]',
        "['x']",
      ],
      [
        'AbCdEfGhIj3',
        'https://www.youtube.com/watch?v=AbCdEfGhIj3',
        '__import__("os")',
        "['a']",
        '[0.4]',
        "['x']",
      ],
    ]);
    const { outputs, messages } = await readAll(manifestSource(path));
    expect(outputs).toHaveLength(1);
    expect(outputs[0]).toMatchObject({
      spans: [
        { startMs: 13_123, endMs: 15_200 },
        { startMs: 60_000, endMs: 70_500 },
      ],
      metadata: {
        clips: [
          { caption: `It's a "cake"`, matching_score: 0.43, desirable_filtering: 'desirable' },
          { caption: 'a dög', matching_score: 0.61 },
        ],
      },
    });
    expect(messages.map((message) => message.replace(/^list-\d+\.csv /, ''))).toEqual([
      'line 2: the stretch from "0:00:09" to "0:00:08" ends before it begins.',
      'line 3: it has 1 stretches and 2 values of caption.',
      'line 4: "__import__("os")" is not a list: unexpected "__import__(\\"" at character 1.',
    ]);
  });

  it('of Koala-36M are told from those of Panda-70M, and bring the clips of a video together', async () => {
    const url = 'https://www.youtube.com/watch?v=AbCdEfGhIjK';
    const path = manifest([
      [
        'videoID',
        'url',
        'timestamp',
        'caption',
        'clarity_score',
        'aesthetic_score',
        'motion_score',
        'video_training_suitability_score',
      ],
      ['AbCdEfGhIjK_0', url, "['0:00:13.1', '0:00:15.2']", 'one', '0.9', '4.5', '26.7', '3.1'],
      ['AbCdEfGhIjK_3', url, "['0:01:13.1', '0:01:15.2']", 'two', '0.8', '', '1e-05', '3.2'],
    ]);
    const { outputs } = await readAll(manifestSource(path));
    expect(outputs).toHaveLength(1);
    expect(outputs[0]!.metadata.clips).toEqual([
      {
        startMs: 13_100,
        endMs: 15_200,
        caption: 'one',
        videoID: 'AbCdEfGhIjK_0',
        clarity_score: 0.9,
        aesthetic_score: 4.5,
        motion_score: 26.7,
        video_training_suitability_score: 3.1,
      },
      {
        startMs: 73_100,
        endMs: 75_200,
        caption: 'two',
        videoID: 'AbCdEfGhIjK_3',
        clarity_score: 0.8,
        motion_score: 0.00001,
        video_training_suitability_score: 3.2,
      },
    ]);
  });

  it('of OpenVid-1M give the video that a file name begins with, or the files of a server', async () => {
    const path = manifest([
      [
        'video',
        'caption',
        'aesthetic score',
        'motion score',
        'temporal consistency score',
        'camera motion',
        'frame',
        'fps',
        'seconds',
      ],
      [
        '---_iRTHryQ_13_0to241.mp4',
        'In the video, a cat',
        '5.1',
        '6.2',
        '0.99',
        'pan_left',
        '242',
        '29.97',
        '8.07',
      ],
      ['IIvwqskxtdE_0.mp4', 'a boat', '5', '1', '0.9', 'static', '90', '30', '3'],
      ['pixabay videos 7.mp4', 'a tree', '5', '1', '0.9', 'static', '90', '30', '3'],
    ]);
    const { outputs, messages } = await readAll(manifestSource(path));
    expect(outputs).toMatchObject([
      {
        id: 'youtube----_iRTHryQ',
        metadata: {
          file: '---_iRTHryQ_13_0to241.mp4',
          caption: 'In the video, a cat',
          'motion score': 6.2,
        },
      },
      { id: 'youtube-IIvwqskxtdE' },
    ]);
    expect(outputs[0]).not.toHaveProperty('spans');
    expect(messages).toMatchObject([expect.stringContaining('holds no YouTube id')]);
    const hosted = await readAll(
      manifestSource(path, { mediaBase: 'https://files.example/openvid' }),
    );
    expect(hosted.outputs.map(({ url, via }) => [url, via])).toEqual([
      ['https://files.example/openvid/---_iRTHryQ_13_0to241.mp4', 'http'],
      ['https://files.example/openvid/IIvwqskxtdE_0.mp4', 'http'],
      ['https://files.example/openvid/pixabay%20videos%207.mp4', 'http'],
    ]);
  });

  it('of MiraData are read in both versions, times from frames where there are frames', async () => {
    const captions = ['short', 'dense', 'main', 'back', 'style', 'camera'];
    const names = [
      'short_caption',
      'dense_caption',
      'main_object_caption',
      'background_caption',
      'style_caption',
      'camera_caption',
    ];
    const old = manifest([
      [
        'index',
        'video_id',
        'start_frame',
        'end_frame',
        ...names,
        'fps',
        'start_timestep',
        'end_timestep',
        '',
        '',
      ],
      [
        '000000008783_AJp_ANXoGoM-000114',
        'AJp_ANXoGoM',
        '163272',
        '166872',
        ...captions,
        '30',
        '1:30:42',
        '1:32:42',
        '',
        '',
      ],
    ]);
    const clip = { caption: 'dense', camera_caption: 'camera', short_caption: 'short' };
    expect((await readAll(manifestSource(old))).outputs).toMatchObject([
      {
        id: 'youtube-AJp_ANXoGoM',
        spans: [{ startMs: 5_442_400, endMs: 5_562_400 }],
        metadata: { clips: [clip] },
      },
    ]);
    const current = manifest([
      ['clip_id', 'source', 'video_url', 'video_id', 'fps', 'seconds', 'timestamp', ...names],
      [
        '7.3',
        'pexels',
        'https://videos.example/7.mp4',
        '7',
        '25',
        '60',
        "['00:00:05.000', '00:01:05.000']",
        ...captions,
      ],
    ]);
    expect((await readAll(manifestSource(current))).outputs).toMatchObject([
      {
        url: 'https://videos.example/7.mp4',
        via: 'http',
        spans: [{ startMs: 5000, endMs: 65_000 }],
      },
    ]);
  });

  it('of FineVideo are read from the json column of Parquet, scene by scene', async () => {
    const video = {
      original_video_filename: 'zdj0yyoEz7I.mp4',
      youtube_title: 'A day',
      youtube_channel: 'Somebody',
      content_parent_category: 'Education',
      content_metadata: {
        scenes: [
          {
            sceneId: 1,
            title: 'Opening',
            timestamps: { start_timestamp: '00:00:00.000', end_timestamp: '00:00:05.005' },
            activities: [{ description: 'A man waves.' }, { description: 'He sits.' }],
          },
          {
            sceneId: 2,
            title: 'Bad',
            timestamps: { start_timestamp: 'x', end_timestamp: '00:00:09.000' },
          },
        ],
      },
    };
    const path = join(folder, 'finevideo.parquet');
    parquetWriteFile({
      filename: path,
      columnData: [
        { name: 'mp4', data: [new Uint8Array([1, 2])], type: 'BYTE_ARRAY' },
        { name: 'json', data: [video], type: 'JSON' },
      ],
    });
    const { outputs, messages } = await readAll(manifestSource(path));
    expect(outputs).toMatchObject([
      {
        id: 'youtube-zdj0yyoEz7I',
        spans: [{ startMs: 0, endMs: 5005 }],
        metadata: {
          title: 'A day',
          youtube_channel: 'Somebody',
          clips: [{ caption: 'A man waves. He sits.', sceneTitle: 'Opening', sceneId: 1 }],
        },
      },
    ]);
    expect(messages).toEqual(['finevideo.parquet line 1: "x" is not a time.']);
    expect((await readAll(manifestSource(jsonLines([video])))).outputs).toMatchObject([
      { id: 'youtube-zdj0yyoEz7I' },
    ]);
  });

  it('of WebVid are whole videos with a caption', async () => {
    const path = manifest([
      ['videoid', 'contentUrl', 'duration', 'page_dir', 'name'],
      [
        '31353427',
        'https://ak.picdn.example/preview/stock-footage-31353427.mp4',
        'PT00H00M10S',
        '006001_006050',
        'Tourists walk',
      ],
    ]);
    expect((await readAll(manifestSource(path))).outputs).toMatchObject([
      {
        via: 'http',
        metadata: { videoid: 31353427, durationMs: 10_000, caption: 'Tourists walk' },
      },
    ]);
  });

  it('are told by their columns, and refused where they are not what they are said to be', async () => {
    const path = manifest([
      ['url', 'caption'],
      ['http://h.example/a.mp4', 'x'],
    ]);
    await expect(shardsOf(manifestSource(path))).rejects.toThrow('Its columns are url, caption');
    await expect(shardsOf(manifestSource(path, { format: 'koala-36m' }))).rejects.toThrow(
      'a list of koala-36m',
    );
    expect(() => manifestSource(path, { mediaBase: '/data' })).toThrow(TypeError);
  });
});

describe('the report on a list', () => {
  it('counts what is wrong with it, with examples by line', async () => {
    const clip = (id: string, start: string, end: string, caption = 'x'): object => ({
      YoutubeID: id,
      Start_timestamp: start,
      End_timestamp: end,
      Caption: caption,
    });
    const path = jsonLines([
      clip('AbCdEfGhIj1', '00:00:01.000', '00:00:05.000'),
      clip('AbCdEfGhIj1', '00:00:04.000', '00:00:06.000'),
      clip('AbCdEfGhIj2', '00:00:01.000', '00:00:02.000', ''),
      clip('AbCdEfGhIj1', '00:00:01.000', '00:00:05.000'),
      clip('AbCdEfGhIj2', '00:00:01:000', '00:00:02.000'),
      clip('AbCdEfGhIj3', '00:00:03.000', '00:00:02.000'),
      clip('no id', '00:00:03.000', '00:00:04.000'),
    ]);
    const name = path.split('/').at(-1)!;
    expect(await manifestReport(path)).toEqual({
      format: 'internvid',
      rows: 7,
      badRows: 3,
      videos: 2,
      clips: 4,
      badClips: 0,
      overlappingClips: 1,
      duplicateClips: 1,
      clipsWithoutCaption: 1,
      clipsWithoutTimes: 0,
      scatteredVideos: 1,
      examples: [
        `${name} line 4: it says of a clip what an earlier row says`,
        `${name} line 5: "00:00:01:000" is not a time`,
        `${name} line 6: the stretch from "00:00:03.000" to "00:00:02.000" ends before it begins`,
        `${name} line 7: "no id" is not a YouTube id`,
      ],
    });
  });
});
