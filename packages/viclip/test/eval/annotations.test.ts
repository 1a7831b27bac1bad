import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import {
  parseClassNames,
  parseHmdb51,
  parseKineticsCsv,
  parseUcf101,
} from '../../src/eval/action-sets.js';
import { parseCaptionSet } from '../../src/eval/caption-sets.js';
import { parseCsv } from '../../src/eval/csv.js';
import { findVideos } from '../../src/eval/find-videos.js';

describe('annotations of action recognition', () => {
  it('are read from a table of Kinetics', () => {
    const text = [
      '\ufefflabel,youtube_id,time_start,time_end,split',
      'testifying,---QUuC4vJs,84,94,validate',
      '"massaging person\'s head",--07WQ2iBlw,1.0,11.0,validate',
      'abseiling,-3B32lodo2M,59,69,train',
    ].join('\r\n');
    const set = parseKineticsCsv(text, { split: 'validate' });
    expect(set).toEqual({
      classNames: ["massaging person's head", 'testifying'],
      videos: [
        { names: ['---QUuC4vJs_000084_000094', '---QUuC4vJs'], label: 'testifying' },
        { names: ['--07WQ2iBlw_000001_000011', '--07WQ2iBlw'], label: "massaging person's head" },
      ],
    });
    expect(parseKineticsCsv(text).videos).toHaveLength(3);
    expect(() => parseKineticsCsv('id,class\n1,2')).toThrow(/no column label, youtube_id/);
  });

  it('are read from the lists of UCF101', () => {
    const classes = '1 ApplyEyeMakeup\r\n2 YoYo\r\n3 TaiChi\r\n';
    const list = 'ApplyEyeMakeup/v_ApplyEyeMakeup_g01_c01.avi\nYoYo/v_YoYo_g25_c05.avi 2\n';
    expect(parseUcf101(classes, list)).toEqual({
      classNames: ['Apply Eye Makeup', 'Yo Yo', 'Tai Chi'],
      videos: [
        { names: ['ApplyEyeMakeup/v_ApplyEyeMakeup_g01_c01'], label: 'Apply Eye Makeup' },
        { names: ['YoYo/v_YoYo_g25_c05'], label: 'Yo Yo' },
      ],
    });
  });

  it('are read from the lists of HMDB51', () => {
    const files = [
      { name: 'shoot_ball_test_split1.txt', text: 'a#b_nm_np1.avi 2 \nc.avi 1 \nd.avi 0 \n' },
      { name: 'brush_hair_test_split1.txt', text: 'e.avi 2 \n' },
      { name: 'brush_hair_test_split2.txt', text: 'f.avi 2 \n' },
    ];
    expect(parseHmdb51(files)).toEqual({
      classNames: ['brush hair', 'shoot ball'],
      videos: [
        { names: ['shoot_ball/a#b_nm_np1', 'a#b_nm_np1'], label: 'shoot ball' },
        { names: ['brush_hair/e', 'e'], label: 'brush hair' },
      ],
    });
    expect(parseHmdb51(files, { part: 'train' }).videos).toHaveLength(1);
    expect(parseHmdb51(files, { split: 2 }).videos.map(({ names }) => names[1])).toEqual(['f']);
  });

  it('take class names from a plain list or a table', () => {
    expect(parseClassNames('yoga\n zumba \n\n')).toEqual(['yoga', 'zumba']);
    expect(parseClassNames('id,name\n0,"eating, fast"\n1,zumba\n')).toEqual([
      'eating, fast',
      'zumba',
    ]);
  });
});

describe('annotations of retrieval', () => {
  it.each([
    [
      'msrvtt-csv',
      'key,vid_key,video_id,sentence\nret0,msr9770,video9770,"a person, connecting ""it"""\nret1,msr9771,video9771,a little girl\n',
      [
        { names: ['video9770'], captions: ['a person, connecting "it"'] },
        { names: ['video9771'], captions: ['a little girl'] },
      ],
    ],
    [
      'msrvtt-json',
      '{"info":{},"videos":[{"video_id":"video7010","split":"test"}],"sentences":[{"sen_id":1,"video_id":"video7010","caption":"a man drives"},{"sen_id":2,"video_id":"video1","caption":"other"},{"sen_id":3,"video_id":"video7010","caption":"a car"}]}',
      [{ names: ['video7010'], captions: ['a man drives', 'a car'] }],
    ],
    [
      'msvd',
      '# Microsoft Research Video Description Corpus\n\nmv89psg6zh4_33_46 A bird in a sink.\nmv89psg6zh4_33_46 A parakeet is bathing.\n-4wsuPCjDBc_5_15 A squirrel eats.\n',
      [
        { names: ['mv89psg6zh4_33_46'], captions: ['A bird in a sink.', 'A parakeet is bathing.'] },
        { names: ['-4wsuPCjDBc_5_15'], captions: ['A squirrel eats.'] },
      ],
    ],
    [
      'didemo',
      '[{"annotation_id":1,"video":"12_34_56.mov","description":"a dog barks ","times":[[0,0]],"num_segments":6},{"annotation_id":2,"video":"12_34_56.mov","description":"it sleeps","times":[[5,5]],"num_segments":6}]',
      [{ names: ['12_34_56'], captions: ['a dog barks it sleeps'] }],
    ],
    [
      'lsmdc',
      '1004_Juno_00.00.32.122-00.00.35.900\t00:00:32.122\t00:00:35.900\t00:00:32\t00:00:35\tSOMEONE says "hi, there.\n',
      [
        {
          names: ['1004_Juno_00.00.32.122-00.00.35.900'],
          captions: ['SOMEONE says "hi, there.'],
        },
      ],
    ],
    [
      'activitynet',
      '{"v_uqiMw7tQ1Cc":{"duration":55.15,"timestamps":[[0.28,55.15],[13.79,54.32]],"sentences":["A weight lifter is in a gym.","  He lifts a barbell."]}}',
      [
        {
          names: ['v_uqiMw7tQ1Cc', 'uqiMw7tQ1Cc'],
          captions: ['A weight lifter is in a gym. He lifts a barbell.'],
        },
      ],
    ],
    [
      'viclip',
      '[{"video":"sub/a.mp4","caption":"one"},{"video":"b.webm","caption":["two","three"]}]',
      [
        { names: ['sub/a'], captions: ['one'] },
        { names: ['b'], captions: ['two', 'three'] },
      ],
    ],
  ] as const)('of %s are read', (format, text, expected) => {
    expect(parseCaptionSet(format, text)).toEqual(expected);
  });

  it.each([
    ['msrvtt-csv', 'a,b\n1,2\n', /no column video_id, sentence/],
    ['msrvtt-json', '{"videos":{}}', /videos is no list/],
    ['didemo', '[{"video":3}]', /video is no text/],
    ['didemo', 'null', /the file is no list/],
    ['lsmdc', 'a\tb\n', /no six columns/],
    ['viclip', '{', /no annotations of viclip/],
  ] as const)('of %s are refused when they are none', (format, text, message) => {
    expect(() => parseCaptionSet(format, text)).toThrow(message);
  });
});

describe('parseCsv', () => {
  it('reads quoted fields with separators, line breaks and quotes', () => {
    expect(parseCsv('a,"b, ""c""\nd",\r\n\n,e')).toEqual([
      ['a', 'b, "c"\nd', ''],
      ['', 'e'],
    ]);
    expect(parseCsv('')).toEqual([]);
  });
});

describe('findVideos', () => {
  it('finds files by path and by name, and says which are missing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'videos '));
    try {
      const files = ['a b/one.mp4', 'c/one.webm', 'c/two é.avi', 'three.x.mkv'];
      for (const file of files) {
        await mkdir(join(folder, file, '..'), { recursive: true });
        await writeFile(join(folder, file), '');
      }
      await symlink(join(folder, 'three.x.mkv'), join(folder, 'linked.mkv'));
      const wanted = [
        ['a b/one'],
        ['one'],
        ['nothing', 'two é'],
        ['three.x'],
        ['../a b/one'],
        ['linked'],
      ];
      const { found, missing } = await findVideos(
        folder,
        wanted.map((names) => ({ names })),
      );
      expect(found.map(({ path }) => path)).toEqual([
        join(folder, 'a b/one.mp4'),
        join(folder, 'c/two é.avi'),
        join(folder, 'three.x.mkv'),
        join(folder, 'linked.mkv'),
      ]);
      expect(missing).toEqual([{ names: ['one'] }, { names: ['../a b/one'] }]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
