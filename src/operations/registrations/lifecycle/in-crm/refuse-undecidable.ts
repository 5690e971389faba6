import { addJobs } from '#src/db/jobs/job-store.ts';
import {
  lockDecision,
  settleDecision,
  undecidableDecisions,
  type UndecidableDecision,
} from '#src/db/registrations/lifecycle/decision-store.ts';
import type { Db } from '#src/db/client.ts';
import { reportProblems, resolveUnseen, type NewProblem } from '#src/db/sync/problem-store.ts';
import type { Deps } from '#src/deps.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';

/** The place of these problems. It is no object of the vendor. */
const about = 'decision';
/** A registration that was created together with its decision may be read after it. */
const unreadMs = 3_600_000;
/** Nothing in the CRM changes when an admin has read such a problem, so it ends by itself. */
const shownMs = 14 * 86_400_000;

/**
 * Refuses decisions that no lifecycle answers. The record of the registration says why. Where there is no record, the
 * list of problems names the decision.
 *
 * @returns the number of decisions that were refused
 */
export async function refuseUndecidable(deps: Deps, connectionId: string): Promise<number> {
  const now = deps.sharedClock();
  const place = { source: 'pull', connectionId, object: about } as const;
  await resolveUnseen(deps.db, place, new Date(now.getTime() - shownMs), now);
  const found = await undecidableDecisions(deps.db, connectionId, new Date(now.getTime() - unreadMs));
  if (found.length === 0) return 0;
  const refused = await deps.db.transaction(async (tx) => {
    const settled = await settleAll(tx, connectionId, found, now);
    const onRecords = settled.filter(({ deleted }) => !deleted).flatMap(({ registrationId: id }) => id ?? []);
    if (onRecords.length > 0) {
      const payload = { registrationIds: [...new Set(onRecords)], payoutBatchIds: [] };
      await addJobs(tx, [{ id: deps.ids(), runId: null, stage: null, name: 'write-back', payload }], now);
    }
    const withoutRecord = settled.filter(({ registrationId, deleted }) => registrationId === null || deleted);
    await reportProblems(
      tx,
      place,
      withoutRecord.map((one) => problemOf(deps, one)),
      now,
    );
    return settled.length;
  });
  await relaySoon(deps);
  return refused;
}

async function settleAll(
  tx: Db,
  connectionId: string,
  found: readonly UndecidableDecision[],
  at: Date,
): Promise<readonly UndecidableDecision[]> {
  const settled: UndecidableDecision[] = [];
  for (const one of found) {
    const decision = await lockDecision(tx, connectionId, one.key);
    if (decision === null) continue;
    await settleDecision(tx, decision, reasonOf(one), at);
    settled.push(one);
  }
  return settled;
}

const reasonOf = ({ registrationId, deleted }: UndecidableDecision): string =>
  registrationId === null || deleted ? 'no_such_registration' : 'no_lifecycle';

function problemOf({ ids }: Deps, { key, extId, deleted }: UndecidableDecision): NewProblem {
  const named =
    extId === null ? 'no registration' : `the record ${extId}, which is no registration in Fairway`;
  return {
    id: ids(),
    ref: extId ?? key,
    failure: {
      class: 'mapping',
      code: 'decision_without_registration',
      message: deleted
        ? `The decision ${key} was refused: its registration ${extId} is deleted.`
        : `The decision ${key} was refused: it names ${named}.`,
      fix: 'Ask the person who decided to do so on the registration. The message is shown for two weeks.',
    },
  };
}
