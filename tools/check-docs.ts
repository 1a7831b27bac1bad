import { codeFaults } from './docs/code-blocks.js';
import { brokenLinks } from './docs/links.js';
import { markdownFiles } from './docs/markdown-files.js';
import { undocumentedCommands, undocumentedDetectors } from './docs/required-pages.js';

const pages = markdownFiles();
const faults = [
  ...pages.flatMap(brokenLinks),
  ...(await undocumentedCommands(pages)),
  ...(await undocumentedDetectors(pages)),
  ...codeFaults(pages),
];
for (const fault of faults) console.error(fault);
console.log(`docs: ${pages.length} pages, ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
