import type { ExportFormat } from '@internvid/generation';

import { EXPORT_FORMATS, exportSamples } from '../export-samples.js';
import { UsageError } from '../exit.js';
import { formatBytes, plural } from '../format.js';
import { print } from '../output.js';
import { openSession, type CommonFlags } from '../session.js';

/** Flags of `export`. */
export type ExportFlags = CommonFlags & {
  readonly format?: readonly string[];
  readonly name?: string;
  readonly subset?: string;
  readonly part?: string;
  readonly clips?: boolean;
  readonly withoutCopies?: boolean;
};

/** `internvid export`: writes the captioned clips for others to read. */
export async function exportDataset(
  dataset: string | undefined,
  flags: ExportFlags,
): Promise<void> {
  const session = await openSession(flags, dataset);
  const formats = flags.format?.map(formatOf) ?? session.config.export?.formats;
  const { name, subset, part, clips, withoutCopies } = flags;
  const reports = await exportSamples(session, {
    formats,
    name,
    subset,
    part,
    clips,
    withoutCopies,
  });
  const failed = reports.some((report) => report.failed > 0);
  const isEmpty = reports.every((report) => report.samples === 0);
  if (failed || isEmpty) process.exitCode = 1;
  const result = reports.map(({ format, samples, failed: refused, bytes }) => ({
    format,
    samples,
    failed: refused,
    bytes,
  }));
  print(flags, { exports: result }, () =>
    reports
      .map(({ format, samples, failed: refused, bytes }) => {
        const lost = refused > 0 ? `, ${refused} could not be exported` : '';
        return `${format.padEnd(10)}  ${plural(samples, 'sample')}, ${formatBytes(bytes)}${lost}`;
      })
      .join('\n'),
  );
}

function formatOf(name: string): ExportFormat {
  const format = EXPORT_FORMATS.find((known) => known === name);
  if (format === undefined)
    throw new UsageError(`--format must be one of ${EXPORT_FORMATS.join(', ')}, got "${name}".`);
  return format;
}
