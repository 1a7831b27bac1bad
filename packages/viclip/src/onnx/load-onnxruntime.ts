import { ToolkitError } from '@internvid/core';
import type * as Onnxruntime from 'onnxruntime-node';

/**
 * Loads onnxruntime without its reports to its makers, which it otherwise sends from version 1.30 on, and for which it keeps a number of
 * the machine in the user's cache. `ORT_DISABLE_TELEMETRY=0` in the environment leaves them on.
 *
 * @throws ToolkitError `missing-dependency` where it is not there.
 */
export async function loadOnnxruntime(): Promise<typeof Onnxruntime> {
  // Read once, when the library starts.
  process.env['ORT_DISABLE_TELEMETRY'] ??= '1';
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    throw new ToolkitError(
      'missing-dependency',
      'onnxruntime-node is not installed or has no build for this machine. Run: npm install onnxruntime-node',
      { cause },
    );
  }
}
