import { describe, expect, it } from '@jest/globals';
import type { BalanceReport } from '../../src/dialogue/balance.js';
import type { Dialogue } from '../../src/dialogue/dialogue.js';
import {
  measuredDialogues,
  type MeasuredDialogueOptions,
} from '../../src/dialogue/measured-dialogues.js';
import { QUESTION_KINDS } from '../../src/dialogue/question-kinds.js';
import { subjectsOf, TRUSTED_LABELS, type SeenVideo } from '../../src/dialogue/subject.js';
import { verifyDialogue } from '../../src/dialogue/verify-dialogue.js';
import { all, madeVideo, moving, streamed, type MadeClip } from './seen-videos.js';

const MANY = { maxTurns: 20, maxKindShare: 1 };

async function dialogues(
  videos: readonly SeenVideo[],
  options: MeasuredDialogueOptions = {},
): Promise<{ made: Dialogue[]; report: BalanceReport }> {
  let report: BalanceReport | undefined;
  const onReport = (told: BalanceReport): void => void (report = told);
  const made = await all(measuredDialogues(streamed(videos), { ...options, onReport }));
  return { made, report: report! };
}

/** Kinds of questions that may be asked of one clip. */
function kindsOf(clip: MadeClip): readonly string[] {
  const [subject] = subjectsOf(madeVideo('one', [clip]), TRUSTED_LABELS);
  return QUESTION_KINDS.filter(
    (kind) =>
      kind.of === 'clip' &&
      kind.asks(subject!).some((asks) => kind.measure(subject!, asks) !== undefined),
  ).map(({ name }) => name);
}

const varied = (number: number): SeenVideo =>
  madeVideo(
    `film-${number}`,
    [
      {
        durationMs: 2_000 + 40 * number,
        facts: { ...moving('pan-left'), luminance: 60, colourfulness: 40 },
        objects: [['person', 0.7, 0.05]],
        texts: [['OPENING NIGHT', 0.99, 0.1]],
      },
      {
        durationMs: 5_000,
        facts: { camera: 'static', luminance: 140, colourfulness: 1 },
        objects: [
          ['person', 0.7],
          ['person', 0.6, 0.6],
        ],
        texts: [['THE END', 0.98, 0.8]],
      },
    ],
    0.99,
  );

describe('dialogues from measured facts', () => {
  it('ask only what the evidence answers, and every answer is derived again', async () => {
    const videos = Array.from({ length: 20 }, (_, number) => varied(number));
    const { made, report } = await dialogues(videos, { maxTurns: 6, maxKindShare: 1 });
    const faults = made.flatMap((dialogue) =>
      verifyDialogue(
        dialogue,
        videos.find(({ video }) => video.id === dialogue.media[0]?.video)!,
      ),
    );
    expect(faults).toEqual([]);
    const unasked = QUESTION_KINDS.filter(({ name }) => !(name in report.kinds));
    expect(unasked.map(({ name }) => name)).toEqual(['goes']);
  });

  it('answer yes as often as no, and first as often as second, in each kind', async () => {
    const videos = Array.from({ length: 60 }, (_, number) => varied(number));
    const { made, report } = await dialogues(videos);
    const either = QUESTION_KINDS.filter(({ form }) => form === 'either');
    for (const { name } of either) {
      const answers = Object.values(report.kinds[name]?.answers ?? {});
      const turns = report.kinds[name]?.turns ?? 0;
      if (turns > 1) expect(Math.abs(2 * Math.max(...answers) - turns)).toBeLessThanOrEqual(1);
    }
    expect(Math.abs(report.yes - report.no)).toBeLessThanOrEqual(either.length);
    expect(report.yes).toBeGreaterThan(50);
    const turns = made.flatMap((dialogue) => dialogue.turns);
    expect(turns.filter(({ answer }) => answer.startsWith('Yes'))).toHaveLength(report.yes);
    expect(turns).toHaveLength(report.turns);
    for (const { turns: count } of Object.values(report.kinds))
      expect(count).toBeLessThanOrEqual(4 + 0.15 * report.turns);
  });

  it('word one question in several ways, and say the same again for the same seed', async () => {
    const videos = Array.from({ length: 30 }, (_, number) => varied(number));
    const [first, again, other] = await Promise.all(
      [7, 7, 8].map((seed) => dialogues(videos, { seed })),
    );
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    const lengths = first!.made
      .flatMap(({ turns }) => turns)
      .filter(({ kind }) => kind === 'length');
    expect(new Set(lengths.map(({ question }) => question)).size).toBeGreaterThan(2);
    expect(new Set(lengths.map(({ answer }) => answer.replace(/[\d.]+/, '#'))).size).toBe(3);
  });

  it('never ask two questions of which one gives the other away', async () => {
    const { made } = await dialogues([varied(1), varied(2)], MANY);
    for (const { turns } of made) {
      const topics = turns.map(
        ({ kind }) => QUESTION_KINDS.find(({ name }) => name === kind)!.topic,
      );
      expect(new Set(topics).size).toBe(topics.length);
    }
  });

  it('speak of a camera move only where a thing before a wall cannot be taken for it', () => {
    const facts = { camera: 'tilt-up', changedAreaRatio: 0.25, flatRatio: 0.87 };
    expect(kindsOf({ facts })).not.toContain('camera');
    expect(kindsOf({ facts: { camera: 'unclear' } })).not.toContain('camera');
    expect(kindsOf({ facts: { camera: 'tilt-up' } })).not.toContain('camera');
    expect(kindsOf({ facts: moving('tilt-up') })).toEqual(
      expect.arrayContaining(['camera', 'camera-is']),
    );
  });

  it('deny a move only for one that goes the other way or for none', async () => {
    const videos = [madeVideo('pan', [{ facts: moving('pan-left') }])];
    const { made } = await dialogues(videos, MANY);
    const kind = QUESTION_KINDS.find(({ name }) => name === 'camera-is')!;
    const subject = { of: 'clip' as const, shots: [], labels: new Set<string>() };
    const asks = kind.asks({ ...subject, video: videos[0]!.video, clips: videos[0]!.clips });
    expect(asks).toEqual([{ move: 'pan-left' }, { move: 'pan-right' }, { move: 'static' }]);
    expect(made.length).toBeGreaterThan(0);
  });

  it('count things only where no frame shows more of them, however faintly', () => {
    const person = ['person', 0.7] as const;
    expect(kindsOf({ objects: [person] })).toEqual(expect.arrayContaining(['count']));
    const faint = [['object', 'person', 0.31]] as const;
    expect(kindsOf({ objects: [person], once: faint })).not.toContain('count');
    expect(kindsOf({ objects: [['person', 0.45]] })).not.toContain('count');
    expect(kindsOf({ objects: [['frisbee', 0.9]] })).not.toContain('count');
  });

  it('quote a text only where all of it is read surely, and in one way', () => {
    expect(kindsOf({ texts: [['GRAND FINALE', 0.99]] })).toContain('text');
    const misread = [['text', 'GRANO FINALE', 0.8]] as const;
    expect(kindsOf({ texts: [['GRAND FINALE', 0.99]], once: misread })).not.toContain('text');
    const doubtful = [
      ['SC0RE 12', 0.99],
      ['a "quoted" word', 0.99],
      ['<video> hello', 0.99],
      ['faint words', 0.93],
      ['★★★', 0.99],
    ] as const;
    for (const text of doubtful) expect(kindsOf({ texts: [text] })).not.toContain('text');
    const two = [
      ['THE FIRST LINE', 0.99, 0.1],
      ['something else', 0.9, 0.8],
    ] as const;
    const kinds = kindsOf({ texts: two });
    expect(kinds).not.toContain('text');
    expect(kinds).toContain('text-place');
  });

  it('count shots only at sure cuts', async () => {
    const [sure, unsure] = await Promise.all(
      [0.99, 0.6].map((confidence) =>
        dialogues([madeVideo('cuts', [{}, {}, {}], confidence)], MANY),
      ),
    );
    const shots = ({ report }: { report: BalanceReport }): number =>
      (report.kinds.shots?.turns ?? 0) + (report.kinds['more-shots-than']?.turns ?? 0);
    expect(shots(sure!)).toBe(1);
    expect(shots(unsure!)).toBe(0);
  });

  it('say which way a thing goes where it goes one way', async () => {
    const video = madeVideo('walk', [{ objects: [['person', 0.8]] }]);
    const [clip] = video.clips;
    const walking = clip!.detections!.map((each, at) => ({
      ...each,
      box: [0.7 - at * 0.15, 0.3, 0.1, 0.4] as const,
    }));
    const walked = { ...video, clips: [{ ...clip!, detections: walking }] };
    const kind = QUESTION_KINDS.find(({ name }) => name === 'goes')!;
    const subject = { of: 'clip' as const, shots: [], labels: new Set(['person']) };
    const about = { ...subject, video: video.video, clips: walked.clips };
    expect(kind.measure(about, { label: 'person' })?.value).toBe('left');
    expect(kind.asks({ ...about, clips: video.clips })).toEqual([]);
  });

  it('leave out the whole of a video whose length is not known', async () => {
    const video = madeVideo('endless', [{}]);
    const info = { ...video.video.info!, durationMs: 0 };
    const { made } = await dialogues([{ ...video, video: { ...video.video, info } }], MANY);
    expect(made.map(({ media }) => media[0]?.clip)).toEqual([video.clips[0]!.clip.id]);
  });

  it('refuse settings out of range', async () => {
    await expect(dialogues([], { maxTurns: 0 })).rejects.toThrow('options.maxTurns');
    await expect(dialogues([], { maxKindShare: 0 })).rejects.toThrow('options.maxKindShare');
  });
});

describe('verifying a dialogue', () => {
  const video = varied(3);

  it('finds an answer that was turned round, a changed question and made-up evidence', async () => {
    const { made } = await dialogues([video], { maxTurns: 20, maxKindShare: 1 });
    const dialogue = made[0]!;
    const changed = (change: object, at = 0): Dialogue => ({
      ...dialogue,
      turns: dialogue.turns.map((turn, place) => (place === at ? { ...turn, ...change } : turn)),
    });
    expect(verifyDialogue(dialogue, video)).toEqual([]);
    dialogue.turns.forEach((turn, at) => {
      expect(verifyDialogue(changed({ answer: 'Quite the reverse.' }, at), video)).toHaveLength(1);
      expect(verifyDialogue(changed({ question: 'What then?' }, at), video)).toHaveLength(1);
      const evidence = { ...turn.evidence!, value: 'something' };
      expect(verifyDialogue(changed({ evidence }, at), video)[0]).toContain('the answer is');
      const asks = { ...turn.evidence!, asks: { move: '../..', label: 'ghost' } };
      expect(verifyDialogue(changed({ evidence: asks }, at), video)[0]).toContain('not support');
      const from = { ...turn.evidence!, from: {} };
      expect(verifyDialogue(changed({ evidence: from }, at), video)[0]).toContain('measured');
    });
    expect(verifyDialogue(changed({ kind: 'smell' }), video)[0]).toContain('no such kind');
  });

  it('finds what is not of the video, and what is no longer so', async () => {
    const { made } = await dialogues([video], MANY);
    expect(verifyDialogue(made[0]!, varied(4))[0]).toContain('is no clip of');
    const bare = { ...video, clips: video.clips.map((clip) => ({ ...clip, detections: [] })) };
    const faults = verifyDialogue(made[0]!, bare);
    expect(faults.some((fault) => fault.includes('does not support'))).toBe(true);
  });
});
