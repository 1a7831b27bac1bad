import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import openWabt from 'wabt';

/** The sources in WebAssembly text; each becomes a module of its bytes beside it. */
const KERNELS = [
  'packages/collector/src/shots/hsv.wat',
  'packages/collector/src/shots/transition.wat',
  'packages/viclip/src/search/dot.wat',
];

const wabt = await openWabt();
for (const kernel of KERNELS) {
  const source = fileURLToPath(new URL(`../${kernel}`, import.meta.url));
  const name = kernel.replace(/^.*\//, '');
  const { buffer } = wabt.parseWat(name, await readFile(source, 'utf8')).toBinary({});
  await writeFile(source.replace(/\.wat$/, '-kernel.ts'), moduleOf(name, buffer));
}

function moduleOf(name: string, bytes: Uint8Array): string {
  const lines = Buffer.from(bytes)
    .toString('base64')
    .match(/.{1,90}/g);
  return [
    `/** \`${name}\` as WebAssembly in base64, written by \`npm run build:kernels\`: change the source, not this file. */`,
    `export const KERNEL: string = [`,
    ...(lines ?? []).map((line) => `  '${line}',`),
    `].join('');`,
    '',
  ].join('\n');
}
