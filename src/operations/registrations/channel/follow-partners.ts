import type { Db } from '#src/db/client.ts';
import { partnersWithNews } from '#src/db/registrations/channel/partner-news-store.ts';
import type { Deps } from '#src/deps.ts';
import { newsPlan } from '#src/operations/registrations/lifecycle/learn-news.ts';
import { runStepsIn } from '#src/operations/registrations/lifecycle/run-step.ts';

/**
 * Tells registrations with a lifecycle that their partner was suspended, is active again or was merged in the CRM. The
 * caller holds the lock of decisions.
 *
 * @param accountIds the accounts of partners to look at; all when it is left out
 */
export async function followPartners(deps: Deps, tx: Db, accountIds?: readonly string[]): Promise<void> {
  // As after a decision of a person, which changes no partner.
  if (accountIds?.length === 0) return;
  const at = Math.floor(deps.sharedClock().getTime() / 1000);
  const news = await partnersWithNews(tx, accountIds);
  await runStepsIn(
    deps,
    tx,
    news.map((fact) => newsPlan(deps, at, fact)),
  );
}
