import { listRegistrations, type RegistrationQuery } from '#src/db/registrations/registration-view.ts';
import type { Deps } from '#src/deps.ts';
import { formatMinor } from '#src/domain/money.ts';
import { deadlineOf, isAwaited } from '#src/domain/registrations/response-deadline.ts';
import { csvOf } from '#src/domain/spreadsheet-text.ts';

/** The columns, in this order. `docs/console/queue.md` describes each. */
const columns = [
  'number',
  'partner',
  'customer',
  'domain',
  'amount',
  'currency',
  'status',
  'state',
  'next_decider',
  'submitted',
  'answer_due',
  'late',
  'match',
  'conflict',
  'protected_until',
] as const;

const rowsAtOnce = 1000;

/** The queue as CSV, one line for each registration, the oldest first, in parts to save memory. */
export async function* registrationsCsv(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  query: RegistrationQuery,
): AsyncGenerator<string> {
  yield csvOf([columns]);
  const now = clock();
  let after: Parameters<typeof listRegistrations>[1]['after'] = null;
  do {
    const page: Awaited<ReturnType<typeof listRegistrations>> = await listRegistrations(db, {
      ...query,
      order: 'oldest',
      after,
      limit: rowsAtOnce,
    });
    yield csvOf(page.rows.map((row) => lineOf(row, now)));
    after = page.next;
  } while (after !== null);
}

type Row = Awaited<ReturnType<typeof listRegistrations>>['rows'][number];

function lineOf(row: Row, now: Date): readonly (string | number)[] {
  const { amountMinor, currency } = row;
  const { answerDueAt, overdue } = deadlineOf(row, now);
  return [
    row.number,
    row.partnerName,
    row.customerName,
    row.customerDomain ?? '',
    amountMinor === null || currency === null ? '' : formatMinor(amountMinor, currency),
    currency ?? '',
    row.status,
    row.state ?? '',
    row.nextDecider ?? '',
    row.submittedAt.toISOString(),
    isAwaited(row) ? (answerDueAt?.toISOString() ?? '') : '',
    overdue ? 'yes' : 'no',
    row.conflictScore ?? '',
    row.conflictSummary ?? '',
    row.protectedUntil ?? '',
  ];
}
