import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A package of this repository. */
export type WorkspacePackage = {
  /** Relative to the root of the repository. */
  readonly folder: string;
  readonly isPrivate: boolean;
  readonly scripts: readonly string[];
};

type Manifest = {
  readonly private?: boolean;
  readonly scripts?: Readonly<Record<string, string>>;
};

/** All packages below `packages` and `apps`. */
export function workspacePackages(): readonly WorkspacePackage[] {
  return ['packages', 'apps'].flatMap((parent) =>
    readdirSync(parent, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(parent, name))
      .map((folder) => ({ folder, ...readManifest(folder) })),
  );
}

function readManifest(folder: string): Omit<WorkspacePackage, 'folder'> {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  return { isPrivate: manifest.private ?? false, scripts: Object.keys(manifest.scripts ?? {}) };
}
