import { partnerMerges } from '#src/db/records/account-store.ts';
import { invoiceFacts } from '#src/db/records/document-store.ts';
import {
  lastClosedPeriod,
  lockLedger,
  postedAccruals,
  postEntries,
  type NewEntry,
} from '#src/db/ledger/ledger-store.ts';
import { sellerTierAssessments } from '#src/db/program/tier-store.ts';
import type { Deps } from '#src/deps.ts';
import { calculateAccruals, assessmentKey } from '#src/domain/incentive/calculate.ts';
import type { InvoiceFact } from '#src/domain/invoice.ts';
import { deltaPostings, journalOf } from '#src/domain/ledger/post.ts';
import { openPeriodFor, periodOf } from '#src/domain/period.ts';
import type { ReportProgress } from '#src/operations/jobs/progress.ts';
import { readAgreedTime } from '#src/operations/clocks/read-clocks.ts';
import { programMonths } from '#src/operations/program/current-program.ts';

/**
 * Calculates what partners have earned and posts the difference to what was posted before, into the open
 * period. A second call posts nothing. A tier that changed later, or a corrected invoice, posts the
 * difference.
 */
export async function accrueIncentives(deps: Deps, runId: string, progress: ReportProgress): Promise<void> {
  const { programOf } = await programMonths(deps);
  const { today } = await readAgreedTime(deps);
  const count = await deps.db.transaction(async (tx) => {
    await lockLedger(tx);
    const invoices = new Map((await invoiceFacts(tx)).map((invoice) => [invoice.id, invoice]));
    const assessments = new Map(
      (await sellerTierAssessments(tx)).map((assessment) => [
        assessmentKey(assessment.partnerId, periodOf(assessment.effectiveFrom)),
        assessment,
      ]),
    );
    const desired = calculateAccruals(
      programOf,
      [...invoices.values()],
      assessments,
      await partnerMerges(tx),
    );
    const posted = new Map(
      (await postedAccruals(tx)).map((one) => [
        `${one.documentId}|${one.partnerId}|${one.component}|${one.currency}`,
        one,
      ]),
    );
    const closedPeriod = await lastClosedPeriod(tx);
    const entries = deltaPostings(desired, posted).map((delta): NewEntry => ({
      id: deps.ids(),
      reason: delta.reason,
      documentId: delta.documentId,
      partnerId: delta.partnerId,
      component: delta.component,
      currency: delta.currency,
      period: openPeriodFor(earnedIn(invoices.get(delta.documentId), today), closedPeriod),
      programVersion: delta.trace?.programVersion ?? programOf(periodOf(today)).version,
      trace: delta.trace,
      runId,
      createdAt: deps.clock(),
      postings: journalOf(delta),
    }));
    await postEntries(tx, entries);
    return entries.length;
  });
  await progress({ label: 'Posting commissions', done: count, total: count });
}

/** A partner earns in the month in which an invoice was paid or a credit memo was issued. */
function earnedIn(invoice: InvoiceFact | undefined, today: string): string {
  return periodOf(invoice?.paidOn ?? invoice?.issuedOn ?? today);
}
