import { trainDrawn } from './drawn-run.js';

/** Trains as its test does, in a process that can be killed. */
const [, , dataset = '', out = ''] = process.argv;
await trainDrawn(dataset, out);
