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
import { currentProgram } from '#src/operations/program/current-program.ts';

/**
 * Posts what partners should have been credited, less what they have been, into the open period. Doing it
 * again posts nothing; a tier that changed in hindsight, or an invoice that was corrected, posts the
 * difference.
 */
export async function accrueIncentives(deps: Deps, runId: string, progress: ReportProgress): Promise<void> {
  const { program, version } = await currentProgram(deps);
  const posted = await deps.db.transaction(async (tx) => {
    await lockLedger(tx);
    const invoices = new Map((await invoiceFacts(tx)).map((invoice) => [invoice.id, invoice]));
    const standings = new Map(
      (await sellerTierAssessments(tx)).map((standing) => [
        assessmentKey(standing.partnerId, periodOf(standing.effectiveFrom)),
        standing,
      ]),
    );
    const desired = calculateAccruals(
      program,
      version,
      [...invoices.values()],
      standings,
      await partnerMerges(tx),
    );
    const already = new Map(
      (await postedAccruals(tx)).map((one) => [
        `${one.documentId}|${one.partnerId}|${one.component}|${one.currency}`,
        one,
      ]),
    );
    const closed = await lastClosedPeriod(tx);
    const entries = deltaPostings(desired, already).map((delta): NewEntry => ({
      id: deps.ids(),
      reason: delta.reason,
      documentId: delta.documentId,
      partnerId: delta.partnerId,
      component: delta.component,
      currency: delta.currency,
      period: openPeriodFor(earnedIn(invoices.get(delta.documentId), deps.clock()), closed),
      programVersion: version,
      trace: delta.trace,
      runId,
      createdAt: deps.clock(),
      postings: journalOf(delta),
    }));
    await postEntries(tx, entries);
    return entries.length;
  });
  await progress({ label: 'Posting commissions', done: posted, total: posted });
}

/** The cash releases the payment: the month the invoice was paid, or the credit memo issued. */
function earnedIn(invoice: InvoiceFact | undefined, now: Date): string {
  return periodOf(invoice?.paidOn ?? invoice?.issuedOn ?? now.toISOString().slice(0, 10));
}
