#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write('internvid is not built yet. In its checkout run: npm run build\n');
  process.exitCode = 1;
}
