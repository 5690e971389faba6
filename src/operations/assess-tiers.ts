import { listPartners } from '#src/db/account-store.ts';
import { invoiceFacts } from '#src/db/document-store.ts';
import { saveStandings } from '#src/db/tier-store.ts';
import type { Deps } from '#src/deps.ts';
import { periodOf, periodsBetween } from '#src/domain/period.ts';
import { assessAll } from '#src/domain/tier/standing.ts';
import type { ReportProgress } from './progress.ts';
import { currentProgram } from './programs.ts';

/** Every partner's tier for every month of the programme so far: a late invoice may change an earlier month. */
export async function assessTiers(deps: Deps, progress: ReportProgress): Promise<void> {
  const { program, version } = await currentProgram(deps);
  const [partners, invoices] = await Promise.all([listPartners(deps.db), invoiceFacts(deps.db)]);
  const periods = periodsBetween(periodOf(program.startsOn), periodOf(deps.clock().toISOString().slice(0, 10)));
  const standings = assessAll(
    program,
    invoices,
    periods,
    partners.map((partner) => partner.id),
  );
  await saveStandings(deps.db, standings, version);
  await progress({ label: 'Assessing tiers', done: partners.length, total: partners.length });
}
