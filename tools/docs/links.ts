import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Page } from './markdown-files.js';

const LINK = /\]\(([^)\s]+)(?:\s"[^"]*")?\)/g;
const FENCE = /^```.*?^```/gms;

/** Relative links of a page that lead nowhere. */
export function brokenLinks({ path, text }: Page): readonly string[] {
  const targets = Array.from(text.replace(FENCE, '').matchAll(LINK), ([, target = '']) => target);
  return targets
    .filter((target) => !/^(?:[a-z]+:|#)/.test(target))
    .filter((target) => !candidates(path, target).some((file) => existsSync(file)))
    .map((target) => `${path}: the link ${target} leads nowhere`);
}

/** The files that a link may mean: VitePress leaves out `.md` and `index.md`, and takes `/` as its own root. */
function candidates(path: string, target: string): readonly string[] {
  const [file = ''] = target.split(/[#?]/);
  const isRooted = file.startsWith('/');
  const base = isRooted ? join('apps/docs', file) : join(dirname(path), file);
  const inPublic = isRooted ? [join('apps/docs/public', file)] : [];
  // The reference is generated, and not there before the site is built.
  const generated = base.startsWith(join('apps/docs', 'reference')) ? ['apps/docs'] : [];
  return [base, `${base}.md`, join(base, 'index.md'), ...inPublic, ...generated];
}
