import { fileURLToPath } from 'node:url';

// onnxruntime would report what tests run to its makers.
process.env.ORT_DISABLE_TELEMETRY ??= '1';

/** Every package runs its tests against sources, its own and those of the packages beside it. */
export default {
  testEnvironment: fileURLToPath(new URL('./tools/jest-environment.cjs', import.meta.url)),
  testEnvironmentOptions: { customExportConditions: ['source', 'node'] },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testTimeout: 120_000,
  maxWorkers: 2,
};
