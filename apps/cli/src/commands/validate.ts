import { currentSteps } from '../dataset.js';
import { plural } from '../format.js';
import { print } from '../output.js';
import { openSession, type CommonFlags } from '../session.js';
import { validateDataset } from '../validate-dataset.js';

type AnyFinding = { readonly file: string; readonly problem: string; readonly message: string };

/** `internvid validate`: checks every file of a dataset and of its exports; exit code 1 when anything is wrong. */
export async function validate(dataset: string | undefined, flags: CommonFlags): Promise<void> {
  const { store, signal } = await openSession(flags, dataset);
  const { validateExport } = await import('@internvid/generation');
  const steps = await currentSteps(store);
  steps.need('collect');
  const findings: AnyFinding[] = [];
  const checked: string[] = [];
  for await (const finding of validateDataset(store, steps, signal)) findings.push(finding);
  for await (const { key } of store.list('exports', signal)) {
    const prefix = /^exports\/[^/]+/.exec(key)?.[0];
    if (prefix === undefined || checked.includes(prefix)) continue;
    checked.push(prefix);
    for await (const { file, problem, message } of validateExport(store, prefix, signal)) {
      findings.push({ file: `${prefix}/${file}`, problem, message });
    }
  }
  if (findings.length > 0) process.exitCode = 1;
  print(
    flags,
    { dataset: store.location, ok: findings.length === 0, exports: checked, findings },
    () =>
      findings.length === 0
        ? `${store.location} and its ${plural(checked.length, 'export')} are sound.`
        : findings
            .map(({ file, problem, message }) => `${problem}  ${file}\n    ${message}`)
            .join('\n'),
  );
}
