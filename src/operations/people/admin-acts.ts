import type { Db } from '#src/db/client.ts';
import { lockAdmins, lockPerson, type Person } from '#src/db/people/person-store.ts';
import type { Role } from '#src/db/schema/people.ts';
import type { AuditEntry } from '#src/db/people/audit-store.ts';
import { AppError } from '#src/domain/errors.ts';

export interface PersonAct {
  readonly personId: string;
  /** The admin who does it. */
  readonly actorId: string;
}

/** A viewer changes nothing; every other role touches money, mappings or programmes. */
export function approves(role: Role): boolean {
  return role !== 'viewer';
}

/**
 * Locks all admins and the person, and checks that the actor is still an admin. So one active admin always
 * remains: the actor, who acts on somebody else.
 *
 * @throws AppError `conflict` for oneself, `not_allowed` when the actor is no longer an admin, `not_found`
 */
export async function lockForAdmin(tx: Db, { personId, actorId }: PersonAct, what: string): Promise<Person> {
  if (personId === actorId)
    throw new AppError('conflict', `You cannot ${what} yourself. Ask another admin to do it.`);
  const admins = await lockAdmins(tx);
  if (!admins.some((one) => one.id === actorId))
    throw new AppError('not_allowed', 'You are no longer an admin.');
  const person = await lockPerson(tx, personId);
  if (person === null) throw new AppError('not_found', 'There is no such person.', { personId });
  return person;
}

export function personAct(
  { personId, actorId }: PersonAct,
  what: string,
  before: object | null,
  after: object | null,
): AuditEntry {
  return {
    actorId,
    action: `person.${what}`,
    subjectKind: 'person',
    subjectId: personId,
    before,
    after,
    reason: null,
  };
}
