import { audit, type AuditEntry } from '#src/db/people/audit-store.ts';
import { dismissPairs, undismissPairs, type AccountPair } from '#src/db/duplicates/dismissal-store.ts';
import { accountsByIds } from '#src/db/records/account-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { refuseUnseen, type ShownContent } from '#src/domain/shown-content.ts';

export interface DismissInput {
  readonly pairs: readonly AccountPair[];
  /** False cancels an earlier dismissal. */
  readonly dismissed: boolean;
  /** The name of each account as the person saw it, by the account's id; only programs leave it out. */
  readonly shown?: ShownContent;
  readonly personId: string;
}

/**
 * Records that accounts are different customers: no later report suggests merging them, until the dismissal
 * is cancelled. The audit trail of both accounts shows it.
 *
 * @throws AppError `not_found` when one of the accounts does not exist or was deleted
 */
export async function dismissDuplicates(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  { pairs, dismissed, shown, personId }: DismissInput,
): Promise<void> {
  const at = clock();
  const ids = [...new Set(pairs.flatMap(({ leftId, rightId }) => [leftId, rightId]))];
  await db.transaction(async (tx) => {
    const accounts = new Map(
      (await accountsByIds(tx, ids)).filter((one) => !one.deleted).map((one) => [one.id, one]),
    );
    const missing = ids.find((id) => !accounts.has(id));
    if (missing !== undefined)
      throw new AppError('not_found', 'One of these accounts no longer exists. Reload the page.', {
        id: missing,
      });
    refuseUnseen(shown, Object.fromEntries([...accounts.values()].map(({ id, name }) => [id, name])));
    const changed = dismissed
      ? await dismissPairs(tx, pairs, { personId, at })
      : await undismissPairs(tx, pairs);
    if (changed === 0) return;
    const action = dismissed ? 'account.marked_distinct' : 'account.marked_possible_duplicate';
    const entries = ids.map((id): AuditEntry => {
      const others = pairs.flatMap(({ leftId, rightId }) =>
        leftId === id ? [rightId] : rightId === id ? [leftId] : [],
      );
      return {
        actorId: personId,
        action,
        subjectKind: 'account',
        subjectId: id,
        before: null,
        after: { others },
        reason: null,
      };
    });
    await audit(tx, entries, at);
  });
}
