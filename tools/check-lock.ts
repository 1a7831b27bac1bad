import { readFileSync } from 'node:fs';

/** An entry of package-lock.json, as far as it is read here. */
type LockEntry = {
  readonly resolved?: string;
  readonly link?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};

/** What would make `npm ci` fail elsewhere, or fetch from where it should not. */
function problemsOf(packages: Readonly<Record<string, LockEntry>>): readonly string[] {
  return Object.entries(packages).flatMap(([path, entry]) => [
    ...missingOptionals(packages, path, entry),
    ...foreignOrigin(path, entry),
  ]);
}

/**
 * npm leaves an optional dependency out of the lock without a word when a platform's build is not published yet, and
 * `npm ci` then refuses the lock on every machine.
 */
function missingOptionals(
  packages: Readonly<Record<string, LockEntry>>,
  path: string,
  entry: LockEntry,
): readonly string[] {
  return Object.keys(entry.optionalDependencies ?? {})
    .filter(
      (name) => !foldersAbove(path).some((folder) => `${folder}node_modules/${name}` in packages),
    )
    .map((name) => `${path}: its optional dependency ${name} has no entry`);
}

/** Where Node looks for a dependency of the package at `path`, nearest first. */
function foldersAbove(path: string): readonly string[] {
  const parts = path === '' ? [] : path.split('/');
  const folders = parts.map((_, index) => `${parts.slice(0, parts.length - index).join('/')}/`);
  return [...folders.filter((folder) => !folder.endsWith('/node_modules/')), ''];
}

/** The host is not named: it may be a private one. */
function foreignOrigin(path: string, { resolved, link }: LockEntry): readonly string[] {
  if (resolved === undefined || link === true) return [];
  const isPublic = resolved.startsWith('https://registry.npmjs.org/');
  return isPublic ? [] : [`${path}: "resolved" points away from registry.npmjs.org`];
}

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  readonly packages: Readonly<Record<string, LockEntry>>;
};
const problems = problemsOf(lock.packages);
for (const problem of problems) console.error(problem);
const count = Object.keys(lock.packages).length;
console.log(`package-lock.json: ${count} entries, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
