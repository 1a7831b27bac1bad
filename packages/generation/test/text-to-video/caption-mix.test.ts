import { memoryStore } from '@internvid/core/testing';
import { describe, expect, it } from '@jest/globals';

import type { JsonObject } from '@internvid/core';
import type { Sample } from '../../src/index.js';
import { captionMix, drawCaption } from '../../src/text-to-video/caption-mix.js';
import { drawnSamples } from '../drawn-samples.js';

async function samplesWith(count: number, facts: JsonObject): Promise<readonly Sample[]> {
  const samples = await drawnSamples(memoryStore(), count);
  return samples.map((sample) => ({ ...sample, clip: { ...sample.clip, facts } }));
}

const MOVING = { camera: 'pan-left', motionWidthsPerSecond: 0.1 };

describe('drawCaption', () => {
  it('draws the forms by their shares, the same by each seed whatever else is drawn', async () => {
    const [sample] = await samplesWith(1, MOVING);
    const clips = Array.from({ length: 2_000 }, (_, at) => ({
      ...sample!,
      clip: { ...sample!.clip, id: `clip-${at}` },
    }));
    const mix = captionMix({ shares: { long: 0.5, short: 0.3, structured: 0.2 } });
    const forms = clips.map((clip) => drawCaption(clip, mix).form);
    const share = (form: string): number => forms.filter((each) => each === form).length / 2_000;
    expect(share('long')).toBeCloseTo(0.5, 1);
    expect(share('short')).toBeCloseTo(0.3, 1);
    expect(share('structured')).toBeCloseTo(0.2, 1);
    expect(drawCaption(clips[77]!, mix).form).toBe(forms[77]);
    const other = captionMix({ shares: mix.shares, seed: 7 });
    expect(clips.map((clip) => drawCaption(clip, other).form)).not.toEqual(forms);
  });

  it('adds measured words, and keeps them apart', async () => {
    const [sample] = await samplesWith(1, MOVING);
    expect(drawCaption(sample!, captionMix({ shares: { long: 1 } }))).toMatchObject({
      form: 'long',
      text: 'A red square moves over a grey ground. (0). The camera pans to the left. The motion is moderate.',
      measured: 'The camera pans to the left. The motion is moderate.',
    });
    expect(drawCaption(sample!, captionMix({ shares: { structured: 1 } })).text).toBe(
      'Content: A red square moves over a grey ground. (0).\nCamera: The camera pans to the left.\nMotion: The motion is moderate.',
    );
    const none = captionMix({ shares: { short: 1 }, measuredShare: 0 });
    expect(drawCaption(sample!, none)).toMatchObject({
      text: 'A drawing, number 0.',
      measured: '',
    });
  });

  it('does not say twice what the caption says of the camera', async () => {
    const samples = await samplesWith(2, MOVING);
    const { text } = drawCaption(samples[1]!, captionMix({ shares: { long: 1 } }));
    expect(text).toContain('while the camera stays where it is');
    expect(text).not.toContain('pans');
    expect(text).toMatch(/The motion is moderate\.$/);
  });

  it('leaves the share of a form that a clip lacks to the others', async () => {
    const [sample] = await samplesWith(1, { camera: 'unclear' });
    const mix = captionMix({ shares: { structured: 0.9, short: 0.1 } });
    expect(drawCaption(sample!, mix)).toMatchObject({ form: 'short', measured: '' });
  });

  it('takes the first sentence where there is no short caption', async () => {
    const [sample] = await samplesWith(1, {});
    const fine = { ...sample!.captions.find(({ scale }) => scale === 'fine')!, text: 'One. Two.' };
    const only = { ...sample!, captions: [fine] };
    expect(drawCaption(only, captionMix({ shares: { short: 1 } })).text).toBe('One.');
  });

  it.each([{ long: 0.5 }, { long: 1.5, short: -0.5 }, { long: NaN }])(
    'refuses the shares %j',
    (shares) => {
      expect(() => captionMix({ shares })).toThrow(RangeError);
    },
  );
});
