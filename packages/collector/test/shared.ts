import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, it } from '@jest/globals';

const SHARED = new URL('../../../../shared/', import.meta.url);

/** Path of a file or folder of the shared media and goldens, which lie beside the repository. */
export function shared(path: string): string {
  return fileURLToPath(new URL(path.split('/').map(encodeURIComponent).join('/'), SHARED));
}

type Suite = { (title: string, body: () => void): void; readonly each: typeof describe.each };

/** A suite that needs the shared files; where they are not there it is skipped, by name, and its body never runs. */
export const describeWithShared: Suite = existsSync(SHARED)
  ? describe
  : Object.assign((title: string) => describe.skip(title, saysWhatIsMissing), {
      each: ((cases: readonly unknown[]) => (title: string) =>
        describe.skip.each(cases as unknown[])(
          title,
          saysWhatIsMissing,
        )) as unknown as typeof describe.each,
    });

function saysWhatIsMissing(): void {
  it('needs the shared files beside the repository', () => undefined);
}

export function readJson(path: string): unknown {
  return JSON.parse(readFileSync(shared(path), 'utf8'));
}

/** The bytes and shape of one tensor of a safetensors file. */
export function readTensor(path: string, name: string): { shape: number[]; data: Uint8Array } {
  const file = readFileSync(shared(path));
  const length = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', 8, 8 + length)) as Record<
    string,
    { shape: number[]; data_offsets: [number, number] }
  >;
  const entry = header[name]!;
  const [start, end] = entry.data_offsets;
  return { shape: entry.shape, data: file.subarray(8 + length + start, 8 + length + end) };
}
