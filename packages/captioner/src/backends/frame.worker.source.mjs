// Starts the worker from its TypeScript source where there is no build: in the tests and scripts of this repository.
// `--import tsx` does not do that: it registers itself on the main thread alone.
import { register } from 'tsx/esm/api';

register();
await import('./frame.worker.ts');
