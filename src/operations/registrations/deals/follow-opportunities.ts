import type { Db } from '#src/db/client.ts';
import {
  registrationsWithDealNews,
  saveSeenOpportunities,
} from '#src/db/registrations/lifecycle/opportunity-store.ts';
import type { ChangedRecords } from '#src/db/registrations/registration-store.ts';
import type { Deps } from '#src/deps.ts';
import { opportunityNews } from '#src/domain/registrations/lifecycle/moves/opportunity-news.ts';
import type { EvaluationRound } from '#src/operations/registrations/evaluation.ts';
import { newsPlan } from '#src/operations/registrations/lifecycle/learn-news.ts';
import { runStepsIn } from '#src/operations/registrations/lifecycle/run-step.ts';

/**
 * Moves registrations with a lifecycle as their opportunities in the CRM moved. The caller holds the lock of decisions,
 * so two workers learn the same news once.
 *
 * @param changed the records to look at; all when it is left out
 * @returns the ids of the registrations that got news
 */
export async function followOpportunities(
  deps: Deps,
  tx: Db,
  { document }: Pick<EvaluationRound, 'document'>,
  changed?: Pick<ChangedRecords, 'registrationIds' | 'opportunityIds'>,
): Promise<readonly string[]> {
  const looks = (await registrationsWithDealNews(tx, changed)).map((one) => ({
    id: one.id,
    ...opportunityNews(one, document.reasons),
  }));
  const at = Math.floor(deps.sharedClock().getTime() / 1000);
  await runStepsIn(
    deps,
    tx,
    looks.flatMap(({ news }) => news.map((one) => newsPlan(deps, at, { fact: 'opportunity', ...one }))),
  );
  await saveSeenOpportunities(
    tx,
    looks.map(({ id, seen }) => ({ id, seen })),
  );
  return looks.flatMap(({ id, news }) => (news.length === 0 ? [] : [id]));
}
