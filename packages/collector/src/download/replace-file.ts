import { open, rename, rm } from 'node:fs/promises';

/**
 * Writes a small file whole or not at all: readers see the old text or the new one. One writer at a time; what a killed one left half
 * done is done anew under the same name, so that nothing of it stays.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    await rm(temporary, { force: true });
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
