import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { defineConfig, type DefaultTheme } from 'vitepress';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A page under its own first heading, so that a title is written once. */
function page(path: string): DefaultTheme.SidebarItem {
  const heading = /^# (.+)$/m.exec(readFileSync(`${root}/${path}.md`, 'utf8'))?.[1];
  return { text: heading?.replaceAll('`', '') ?? path, link: `/${path}` };
}

/** Every page below a folder but its index, in the order of their paths. */
function pagesIn(folder: string): DefaultTheme.SidebarItem[] {
  return readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && name !== 'index.md')
    .sort()
    .map((name) => page(`${folder}/${name.slice(0, -'.md'.length).replaceAll('\\', '/')}`));
}

const commands =
  'run queries collect transcribe split sample plan caption embed score cut dedup decontaminate withdraw select generate export diff search viclip status validate doctor demo';

export default defineConfig({
  title: 'InternVid toolkit',
  description: 'Turns raw videos into a captioned, searchable video-text dataset.',
  cleanUrls: true,
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Quick start', link: '/quick-start' },
      { text: 'Concepts', link: '/concepts' },
      { text: 'Commands', link: '/commands/' },
      { text: 'Reference', link: '/reference/' },
    ],
    sidebar: [
      { text: 'Start', items: ['quick-start', 'concepts', 'configuration', 'dataset'].map(page) },
      {
        text: 'Commands',
        link: '/commands/',
        items: commands.split(' ').map((name) => page(`commands/${name}`)),
      },
      {
        text: 'What is measured and made',
        items: [
          'sources',
          'queries',
          'downloads',
          'facts',
          'filters',
          'cutting',
          'captions',
          'chat-captions',
          'grounding',
          'caption-router',
          'transcripts',
          'transformers-models',
          'search',
          'dedup',
          'dialogue',
          'text-to-video',
          'statistics',
          'versions',
        ].map(page),
      },
      {
        text: 'ViCLIP',
        items: [
          'model',
          'weights',
          'scores',
          'evaluation',
          'training',
          'training-runs',
          'shapes',
          'server',
        ].map((name) => page(`viclip-${name}`)),
      },
      { text: 'Shot detectors', link: '/detectors/', items: pagesIn('detectors') },
      { text: 'Exports', items: pagesIn('exports') },
      { text: 'Reference', collapsed: true, items: pagesIn('reference') },
      { text: 'Decisions', collapsed: true, items: pagesIn('decisions') },
    ],
  },
});
