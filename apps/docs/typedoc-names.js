import { Converter } from 'typedoc';

/** Names the modules of the reference as they are imported, not after their files. */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? []) module.name = importName(module.name);
  });
}

function importName(path) {
  if (path === 'apps/cli/src') return 'internvid';
  return path.replace(/^packages\/([^/]+)\/src/, '@internvid/$1');
}
