import { open } from 'node:fs/promises';
import { ToolkitError } from '@internvid/core';

/**
 * Looks at how a text begins.
 *
 * @returns the length of its byte-order mark: 3 or 0.
 * @throws ToolkitError `unreadable` for UTF-16 and for bytes that are no text.
 */
export async function byteOrderMark(path: string): Promise<number> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
    const head = buffer.subarray(0, bytesRead);
    const isUtf16 =
      (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
    if (isUtf16 || head.includes(0)) {
      const what = isUtf16 ? 'is in UTF-16' : 'holds zero bytes: it is no text, or in UTF-16';
      throw new ToolkitError('unreadable', `${path} ${what}. Save it as UTF-8.`, {
        details: { path },
      });
    }
    return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  } finally {
    await file.close();
  }
}
