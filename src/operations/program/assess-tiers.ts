import { listPartners, partnerMerges } from '#src/db/records/account-store.ts';
import { invoiceFacts } from '#src/db/records/document-store.ts';
import { saveTierAssessments } from '#src/db/program/tier-store.ts';
import type { Deps } from '#src/deps.ts';
import { periodOf, periodsBetween } from '#src/domain/period.ts';
import { assessAll } from '#src/domain/program/assess-tier.ts';
import type { ReportProgress } from '#src/operations/jobs/progress.ts';
import { readAgreedTime } from '#src/operations/clocks/read-clocks.ts';
import { programMonths } from './current-program.ts';

/**
 * Each partner has an assessment with an explanation for every month, so all partners at once would not fit
 * in memory.
 */
const partnersAtOnce = 500;

/**
 * Assesses the tier of every partner for every month of the programme so far, because a late invoice may
 * change an earlier month. A partner that was merged into another has tiers for the months before the merge,
 * which still apply to what it sold then.
 */
export async function assessTiers(deps: Deps, progress: ReportProgress): Promise<void> {
  const { firstPeriod, programOf } = await programMonths(deps);
  const [partners, merges, invoices] = await Promise.all([
    listPartners(deps.db),
    partnerMerges(deps.db),
    invoiceFacts(deps.db),
  ]);
  // A tier of a month that has not begun would stay after the clock is set right.
  const { today } = await readAgreedTime(deps);
  const periods = periodsBetween(firstPeriod, periodOf(today));
  const byVersion = [...Map.groupBy(periods, programOf)];
  const invoicesOf = Map.groupBy(invoices, (invoice) => invoice.partnerId);
  const mergedInto = Map.groupBy(merges.keys(), (id) => merges.get(id)?.survivorId);
  for (let done = 0; done < partners.length; done += partnersAtOnce) {
    const ids = partners.slice(done, done + partnersAtOnce).map((partner) => partner.id);
    const withMerged = ids.flatMap((id) => [id, ...(mergedInto.get(id) ?? [])]);
    const theirInvoices = ids.flatMap((id) => invoicesOf.get(id) ?? []);
    for (const [{ program, version }, months] of byVersion)
      await saveTierAssessments(
        deps.db,
        assessAll(program, theirInvoices, months, withMerged, merges),
        version,
      );
    await progress({
      label: 'Assessing tiers',
      done: Math.min(done + partnersAtOnce, partners.length),
      total: partners.length,
    });
  }
}
