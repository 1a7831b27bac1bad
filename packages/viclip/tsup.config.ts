import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    testing: 'src/testing.ts',
    shapes: 'src/shapes/index.ts',
    'use.worker': 'src/backends/use.worker.ts',
    'tower.worker': 'src/backends/tower.worker.ts',
    'scan.worker': 'src/search/scan.worker.ts',
  },
  format: 'esm',
  target: 'node20',
  dts: {
    entry: { index: 'src/index.ts', testing: 'src/testing.ts', shapes: 'src/shapes/index.ts' },
    compilerOptions: { composite: false },
  },
  sourcemap: true,
  clean: true,
});
