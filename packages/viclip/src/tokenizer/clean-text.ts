import { fixText } from './fix-text.js';
import { unescapeHtml } from './html-references.js';

/** White space as Python has it: the control characters 1C to 1F and 85 count, the byte-order mark does not. */
const SPACE = String.raw`[\t-\r\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]`;
const SPACES = new RegExp(`${SPACE}+`, 'g');
const SEVERAL_SPACES = new RegExp(`${SPACE}{2,}`, 'g');

/** What the published tokenizer does to a text first: mend it, unescape HTML twice, one space for all white space, lower case. */
export function cleanText(text: string): string {
  const unescaped = unescapeHtml(unescapeHtml(fixText(text)));
  return unescaped.replace(SPACES, ' ').replace(/^ | $/g, '').toLowerCase();
}

/**
 * The clean-up that the published training and evaluation give captions and prompts before the tokenizer (`pre_text` of
 * `dataset/utils.py`): lower case, most punctuation deleted, hyphens and slashes made spaces, `<person>` made `person`.
 * The published demonstration leaves it out.
 */
export function preText(text: string): string {
  return text
    .toLowerCase()
    .replace(/[,.'!?"()*#:;~]/g, '')
    .replace(/[-/]/g, ' ')
    .replaceAll('<person>', 'person')
    .replace(SEVERAL_SPACES, ' ')
    .replace(/\n+$/, '')
    .replace(/^ +| +$/g, '');
}
