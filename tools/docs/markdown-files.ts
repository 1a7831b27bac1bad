import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A page and its text; the path is relative to the root of the repository. */
export type Page = { readonly path: string; readonly text: string };

const NOT_OURS = new Set([
  'node_modules',
  'dist',
  'out-tsc',
  '.vitepress',
  'reference',
  '.git',
  '.nx',
]);

/** Every Markdown file of the repository that a person wrote. */
export function markdownFiles(folder = '.'): readonly Page[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !NOT_OURS.has(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return markdownFiles(path);
      if (!entry.name.endsWith('.md') || entry.name === 'CHANGELOG.md') return [];
      return [{ path, text: readFileSync(path, 'utf8') }];
    });
}
