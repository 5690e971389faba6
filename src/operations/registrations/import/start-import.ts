import { createHash } from 'node:crypto';
import { addJobs } from '#src/db/jobs/job-store.ts';
import { audit } from '#src/db/people/audit-store.ts';
import { insertImport } from '#src/db/registrations/import-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { resolvedForm } from '#src/domain/program/document/form/resolve-form.ts';
import { unknownDeal } from '#src/domain/program/document/lifecycle-programme.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';
import { currentProgram } from '#src/operations/program/current-program.ts';
import { importRows } from './import-file.ts';
import { runImport } from './run-import.ts';

export interface NewImport {
  readonly fileName: string;
  readonly content: Buffer;
  /** For a file that is neither UTF-8 nor UTF-16 with a byte order mark; null for none. */
  readonly encoding: string | null;
  /** True to find out what would happen. */
  readonly isPreview: boolean;
  readonly personId: string;
}

/** More rows than this are imported by a worker, so that no request waits for them. */
const rowsAtOnce = 25;
const mostRows = 50_000;

/**
 * Imports the registrations of a CSV file. A file with few rows has all outcomes when this returns.
 *
 * @throws AppError `bad_request` when the file cannot be read or its header has other fields than the form
 */
export async function startImport(
  deps: Deps,
  { content, ...given }: NewImport,
): Promise<{ readonly importId: string }> {
  const { document } = await currentProgram(deps);
  let rows = 0;
  for (const _ of importRows({ content, encoding: given.encoding }, resolvedForm(document, unknownDeal))) {
    rows += 1;
    if (rows > mostRows)
      throw new AppError(
        'bad_request',
        `The file has more than ${mostRows} rows. Split it into several files.`,
      );
  }
  const importId = deps.ids();
  const at = deps.clock();
  const sha256 = createHash('sha256').update(content).digest('hex');
  await deps.db.transaction(async (tx) => {
    await insertImport(tx, { ...given, id: importId, sha256, rows, content, createdAt: at });
    const { fileName, isPreview, personId: actorId } = given;
    const entry = {
      actorId,
      action: 'registrations.imported',
      subjectKind: 'registration_import',
      subjectId: importId,
      before: null,
      after: { fileName, sha256, rows, isPreview },
      reason: null,
    } as const;
    await audit(tx, [entry], at);
    const job = {
      id: deps.ids(),
      runId: null,
      stage: null,
      name: 'import-registrations',
      key: importKey(importId),
      payload: { importId },
    };
    if (rows > rowsAtOnce) await addJobs(tx, [job], at);
  });
  if (rows > rowsAtOnce) await relaySoon(deps);
  else await runImport(deps, { importId });
  return { importId };
}

/** The key of an import's job, whose row has the progress. */
export function importKey(importId: string): string {
  return `import-registrations ${importId}`;
}
