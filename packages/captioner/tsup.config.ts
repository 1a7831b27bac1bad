import { defineConfig } from 'tsup';

export default defineConfig({
  // The workers lie beside the file that starts them.
  entry: {
    index: 'src/index.ts',
    testing: 'src/testing.ts',
    'frame.worker': 'src/backends/frame.worker.ts',
    'model.worker': 'src/transformers/model.worker.ts',
  },
  format: 'esm',
  target: 'node20',
  dts: {
    entry: { index: 'src/index.ts', testing: 'src/testing.ts' },
    compilerOptions: { composite: false },
  },
  splitting: false,
  sourcemap: true,
  clean: true,
});
