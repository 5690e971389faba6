import { deleteSessionsOf, liveSessionsOf, type Session } from '#src/db/people/access-store.ts';
import { audit } from '#src/db/people/audit-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { personAct } from './admin-acts.ts';
import { sessionIdleMs } from './sign-in.ts';

type SessionDeps = Pick<Deps, 'db' | 'clock'>;

/** The person's open sessions, the one used last first. */
export async function openSessionsOf(
  { db, clock }: SessionDeps,
  personId: string,
): Promise<readonly Session[]> {
  const now = clock();
  return liveSessionsOf(db, personId, now, new Date(now.getTime() - sessionIdleMs));
}

/**
 * Ends one of one's own sessions, or all but the current one.
 *
 * @throws AppError `not_found` when the session is not theirs or has ended
 */
export async function endMySessions(
  { db, clock }: SessionDeps,
  current: Session,
  which: { readonly id: string } | 'others',
): Promise<number> {
  return db.transaction(async (tx) => {
    const chosen = which === 'others' ? { except: current.tokenHash } : { only: which.id };
    const count = await deleteSessionsOf(tx, current.personId, chosen);
    if (count === 0 && which !== 'others') throw new AppError('not_found', 'This session has already ended.');
    const act = { personId: current.personId, actorId: current.personId };
    await audit(tx, [personAct(act, 'sessions_ended', null, { count })], clock());
    return count;
  });
}
