export { storeThatDiesAt } from './faulty-store.js';
export { memoryStore } from './memory-store.js';
export { runStage, type StageResult } from './run-stage.js';
export { describeStore } from './store-suite.js';
