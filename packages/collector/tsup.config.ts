import { defineConfig } from 'tsup';

export default defineConfig({
  // A worker lies beside the file that starts it.
  entry: { index: 'src/index.ts', 'transnet.worker': 'src/shots/transnet.worker.ts' },
  format: 'esm',
  target: 'node20',
  dts: { entry: { index: 'src/index.ts' }, compilerOptions: { composite: false } },
  splitting: false,
  sourcemap: true,
  clean: true,
});
