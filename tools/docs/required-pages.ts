import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Page } from './markdown-files.js';

const run = promisify(execFile);

/** Options that every command has: explained once, on the page of the commands. */
const COMMON_OPTIONS = new Set(['--help', '--version']);

/** What a command prints about itself: run from sources, so that no build is needed. */
async function helpOf(...command: readonly string[]): Promise<string> {
  const args = [
    '--conditions=source',
    '--import',
    'tsx',
    'apps/cli/src/main.ts',
    ...command,
    '--help',
  ];
  return (await run(process.execPath, args)).stdout;
}

/** Says which command has no page, and which option of a command its page does not name. */
export async function undocumentedCommands(pages: readonly Page[]): Promise<readonly string[]> {
  const help = await helpOf();
  const [, list = ''] = /^Commands:\n(.*?)\n\n/ms.exec(help) ?? [];
  const commands = Array.from(list.matchAll(/^ {2}([a-z]+)/gm), ([, name = '']) => name).filter(
    (name) => name !== 'help',
  );
  if (commands.length === 0) return ['internvid --help lists no commands'];
  const faults = await Promise.all(commands.map((command) => undocumentedOptions(command, pages)));
  return faults.flat();
}

async function undocumentedOptions(
  command: string,
  pages: readonly Page[],
): Promise<readonly string[]> {
  const path = `apps/docs/commands/${command}.md`;
  const page = pages.find((candidate) => candidate.path === path);
  if (page === undefined) return [`the command ${command} has no page ${path}`];
  const options = Array.from(
    (await helpOf(command)).matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm),
    ([, option = '']) => option,
  );
  return options
    .filter((option) => !COMMON_OPTIONS.has(option) && !page.text.includes(option))
    .map((option) => `${path} does not explain ${option}`);
}

/** Says which detector that the collector exports has no page. */
export async function undocumentedDetectors(pages: readonly Page[]): Promise<readonly string[]> {
  const collector: Readonly<Record<string, unknown>> = await import('@internvid/collector');
  return Object.keys(collector)
    .filter((name) => name.endsWith('Detector'))
    .map((name) => `apps/docs/detectors/${kebab(name.slice(0, -'Detector'.length))}.md`)
    .filter((path) => !pages.some((page) => page.path === path))
    .map((path) => `a detector has no page ${path}`);
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
