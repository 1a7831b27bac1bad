import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from './markdown-files.js';

/** Inside node_modules, so that git, linters and editors leave it alone and the packages resolve from it. */
const FOLDER = 'node_modules/.cache/docs-code';

const BLOCK = /^```ts\n(.*?)^```/gms;

/** Type-checks every TypeScript block of the pages in one run of the compiler, each block as a module of its own. */
export function codeFaults(pages: readonly Page[]): readonly string[] {
  const blocks = pages.flatMap(codeBlocks);
  if (blocks.length === 0) return ['no page has a TypeScript block'];
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  for (const { name, code } of blocks) writeFileSync(join(FOLDER, name), code);
  writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify(CONFIG));
  const { stdout, status } = spawnSync(
    process.execPath,
    ['node_modules/typescript/bin/tsc', '-p', FOLDER, '--pretty', 'false'],
    { encoding: 'utf8' },
  );
  return status === 0 ? [] : stdout.trim().split('\n');
}

const CONFIG = {
  extends: '../../../tsconfig.base.json',
  compilerOptions: {
    composite: false,
    declaration: false,
    isolatedDeclarations: false,
    emitDeclarationOnly: false,
    noEmit: true,
    types: ['node'],
    typeRoots: ['../../@types'],
  },
  include: ['*.ts'],
};

/** Blocks under names that tell the page and the line, such as `apps--docs--quick-start.md.12.ts`. */
function codeBlocks({ path, text }: Page): readonly { name: string; code: string }[] {
  return Array.from(text.matchAll(BLOCK), (match) => {
    const line = text.slice(0, match.index).split('\n').length + 1;
    // A block without imports or exports would be a script and share its names with the others.
    return {
      name: `${path.replaceAll('/', '--')}.${line}.ts`,
      code: `${match[1] ?? ''}\nexport {};\n`,
    };
  });
}
