import { defineConfig } from 'tsup';

export default defineConfig({
  entry: { index: 'src/index.ts', main: 'src/main.ts' },
  format: 'esm',
  target: 'node20',
  dts: { entry: { index: 'src/index.ts' }, compilerOptions: { composite: false } },
  sourcemap: true,
  splitting: true,
  clean: true,
});
