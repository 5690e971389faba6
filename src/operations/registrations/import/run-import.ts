import type { RowProblem } from '#connectors/contract/text/row-problem.ts';
import { findPerson } from '#src/db/people/person-store.ts';
import {
  findImport,
  finishImport,
  importContent,
  linesWithOutcome,
  saveRowOutcome,
  type ImportRowOutcome,
  type RegistrationImport,
} from '#src/db/registrations/import-store.ts';
import type { Db } from '#src/db/client.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { resolvedForm } from '#src/domain/program/document/form/resolve-form.ts';
import { unknownDeal } from '#src/domain/program/document/lifecycle-programme.ts';
import type { ReportProgress } from '#src/operations/jobs/progress.ts';
import { currentProgram } from '#src/operations/program/current-program.ts';
import { formProblemsOf, refusalError } from '#src/operations/registrations/lifecycle/refusal-error.ts';
import type { StepOutcome } from '#src/operations/registrations/lifecycle/run-step.ts';
import {
  previewRegistrations,
  type RegistrationPreview,
} from '#src/operations/registrations/lifecycle/preview/preview-registration.ts';
import {
  submitRegistration,
  type Submission,
} from '#src/operations/registrations/lifecycle/submit-registration.ts';
import { importRows, type ImportRow } from './import-file.ts';
import { namedPartner, type NamedPartner } from './named-partner.ts';

type Outcome = Omit<ImportRowOutcome, 'importId' | 'line'>;

const nothingElse = { problems: [], preview: null } as const;

/** A preview tries so many rows together, and rolls them back together. Other decisions wait for it meanwhile. */
const rowsTogether = 25;

interface RunningImport {
  readonly by: string;
  readonly found: RegistrationImport;
}

/**
 * Submits the rows of an import that have no outcome yet. The outcome of a row is stored in the transaction of its
 * submission, so an import that was interrupted continues with the next row.
 */
export async function runImport(
  deps: Deps,
  { importId }: { readonly importId: string },
  progress: ReportProgress = async () => {},
): Promise<void> {
  const found = await findImport(deps.db, importId);
  const content = await importContent(deps.db, importId);
  if (found === null || content === null) return;
  const person = await findPerson(deps.db, found.personId);
  if (person === null) throw new AppError('not_found', 'The person who imports does not exist any more.');
  const running = { by: person.email, found };
  const { document } = await currentProgram(deps);
  const known = await linesWithOutcome(deps.db, importId);
  let waiting: ImportRow[] = [];
  let done = 0;
  const flush = async (): Promise<void> => {
    if (found.isPreview) await previewRows(deps, running, waiting);
    else for (const row of waiting) await importRow(deps, running, row);
    done += waiting.length;
    waiting = [];
    await progress({ label: 'rows', done: known.size + done, total: found.rows });
  };
  for (const row of importRows({ content, encoding: found.encoding }, resolvedForm(document, unknownDeal))) {
    if (known.has(row.line)) continue;
    waiting.push(row);
    if (waiting.length === rowsTogether) await flush();
  }
  await flush();
  await finishImport(deps.db, importId, deps.clock());
}

async function importRow(deps: Deps, running: RunningImport, row: ImportRow): Promise<void> {
  const { id } = running.found;
  const save = (tx: Db, outcome: Outcome) => saveRowOutcome(tx, { importId: id, line: row.line, ...outcome });
  if (row.fault !== null) return save(deps.db, faultOutcome(row.fault));
  const partner = await namedPartner(deps.db, row.partner);
  const submission = submissionOf(running, row, partner);
  if (partner.problem === null) {
    await submitRegistration(deps, submission, (tx, outcome) => save(tx, outcomeOf(outcome, null)));
    return;
  }
  // The other problems of the row are found without storing it.
  const [tried] = await previewRegistrations(deps, [submission]);
  if (tried !== undefined) await save(deps.db, outcomeOf(tried.outcome, partner.problem));
}

async function previewRows(deps: Deps, running: RunningImport, rows: readonly ImportRow[]): Promise<void> {
  const partners = await Promise.all(rows.map(({ partner }) => namedPartner(deps.db, partner)));
  const readable = rows.flatMap((row, index) => {
    const partner = partners[index];
    return row.fault !== null || partner === undefined
      ? []
      : [{ row, partner, submission: submissionOf(running, row, partner) }];
  });
  const previewed = await previewRegistrations(
    deps,
    readable.map(({ submission }) => submission),
  );
  const { id: importId } = running.found;
  for (const { line, fault } of rows)
    if (fault !== null) await saveRowOutcome(deps.db, { importId, line, ...faultOutcome(fault) });
  const created = new Set(
    previewed.flatMap(({ outcome: { result } }) =>
      result !== null && 'created' in result ? [result.created] : [],
    ),
  );
  for (const [index, { row, partner }] of readable.entries()) {
    const tried = previewed[index];
    if (tried === undefined) continue;
    const outcome = outcomeOf(tried.outcome, partner.problem);
    const isStored = outcome.registrationId !== null && !created.has(outcome.registrationId);
    const registrationId = isStored ? outcome.registrationId : null;
    const preview = outcome.result === 'refused' ? null : rowPreviewOf(tried.preview);
    await saveRowOutcome(deps.db, { importId, line: row.line, ...outcome, registrationId, preview });
  }
}

function rowPreviewOf(preview: RegistrationPreview): Outcome['preview'] {
  if (preview.result === 'refused') return null;
  const { name, steps, decisionDue } = preview.route;
  return {
    state: preview.verdict?.state ?? null,
    route: name,
    steps,
    decisionDue: decisionDue?.toISOString() ?? null,
  };
}

function submissionOf(
  { by, found: { sha256 } }: RunningImport,
  row: ImportRow,
  partner: NamedPartner,
): Submission {
  return {
    by,
    via: 'csv',
    with: {
      ...(partner.id === undefined ? {} : { partner: partner.id }),
      key: row.key === '' ? `csv ${sha256.slice(0, 16)} ${row.line}` : row.key,
      ...(row.number === '' ? {} : { number: row.number }),
      terms: row.terms,
    },
  };
}

function faultOutcome({ fields: [field = 'row'] = [], message, fix }: RowProblem): Outcome {
  return refusedWith([{ field, message: `${message} ${fix}` }]);
}

function outcomeOf({ refused, result }: StepOutcome, partnerProblem: string | null): Outcome {
  const about = partnerProblem === null ? [] : [{ field: 'partner', message: partnerProblem }];
  if (refused !== null) {
    const problems = formProblemsOf(refused['problems'])
      .filter(({ field }) => field !== 'partner' || partnerProblem === null)
      .map(({ field, message }) => ({ field, message }));
    const all = [...about, ...problems];
    return refusedWith(all.length > 0 ? all : [{ field: 'row', message: refusalError(refused).message }]);
  }
  if (partnerProblem !== null) return refusedWith(about);
  if (result === null) throw new AppError('internal', 'The submission has no result.');
  if ('created' in result) return { result: 'created', registrationId: result.created, ...nothingElse };
  if ('updated' in result) return { result: 'updated', registrationId: result.updated, ...nothingElse };
  return { result: 'same', registrationId: result.same, ...nothingElse };
}

function refusedWith(problems: Outcome['problems']): Outcome {
  return { result: 'refused', registrationId: null, problems, preview: null };
}
