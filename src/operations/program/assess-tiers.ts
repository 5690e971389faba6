import { listPartners, partnerMerges } from '#src/db/records/account-store.ts';
import { invoiceFacts } from '#src/db/records/document-store.ts';
import { saveStandings } from '#src/db/program/tier-store.ts';
import type { Deps } from '#src/deps.ts';
import { periodOf, periodsBetween } from '#src/domain/period.ts';
import { assessAll } from '#src/domain/program/assess-tier.ts';
import type { ReportProgress } from '#src/operations/jobs/progress.ts';
import { currentProgram } from './current-program.ts';

/**
 * Each has a standing a month of the programme, each with its explanation: those of all at once would fill
 * the memory.
 */
const partnersAtOnce = 500;

/**
 * Every partner's tier for every month of the programme so far: a late invoice may change an earlier month.
 * Partners that were merged away have theirs for the months before, which still rate what they sold then.
 */
export async function assessTiers(deps: Deps, progress: ReportProgress): Promise<void> {
  const { program, version } = await currentProgram(deps);
  const [partners, merges, invoices] = await Promise.all([
    listPartners(deps.db),
    partnerMerges(deps.db),
    invoiceFacts(deps.db),
  ]);
  const periods = periodsBetween(
    periodOf(program.startsOn),
    periodOf(deps.clock().toISOString().slice(0, 10)),
  );
  const invoicesOf = Map.groupBy(invoices, (invoice) => invoice.partnerId);
  const mergedInto = Map.groupBy(merges.keys(), (id) => merges.get(id)?.survivorId);
  for (let done = 0; done < partners.length; done += partnersAtOnce) {
    const ids = partners.slice(done, done + partnersAtOnce).map((partner) => partner.id);
    const family = ids.flatMap((id) => [id, ...(mergedInto.get(id) ?? [])]);
    const theirs = ids.flatMap((id) => invoicesOf.get(id) ?? []);
    await saveStandings(deps.db, assessAll(program, theirs, periods, family, merges), version);
    await progress({
      label: 'Assessing tiers',
      done: Math.min(done + partnersAtOnce, partners.length),
      total: partners.length,
    });
  }
}
