import { deleteSessionsOf, endAccessOf } from '#src/db/people/access-store.ts';
import { audit } from '#src/db/people/audit-store.ts';
import { type Person, updatePerson } from '#src/db/people/person-store.ts';
import type { Role } from '#src/db/schema/people.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { lockForAdmin, personAct, type PersonAct } from './admin-acts.ts';

type ChangeDeps = Pick<Deps, 'db' | 'clock' | 'config'>;

/**
 * Gives a person another role, and ends their sessions and open links. The new role approves nothing until a
 * second admin confirms it or the waiting time has passed.
 *
 * @throws AppError `conflict` for oneself, because no admin might be left
 */
export async function changeRole(
  deps: ChangeDeps,
  { role, ...act }: PersonAct & { readonly role: Role },
): Promise<Person> {
  return deps.db.transaction(async (tx) => {
    const at = deps.clock();
    const person = await lockForAdmin(tx, act, 'change the role of');
    if (person.role === role) return person;
    await endAccessOf(tx, person.id);
    await audit(tx, [personAct(act, 'role_changed', { role: person.role }, { role })], at);
    return updatePerson(tx, person.id, { role, ...waiting(deps, act.actorId, at) });
  });
}

/** Ends the person's sessions, open links and requests at once. The person can no longer sign in. */
export async function disablePerson(deps: ChangeDeps, act: PersonAct): Promise<Person> {
  return deps.db.transaction(async (tx) => {
    const at = deps.clock();
    const person = await lockForAdmin(tx, act, 'disable');
    if (person.disabledAt) return person;
    await endAccessOf(tx, person.id);
    await audit(tx, [personAct(act, 'disabled', null, { role: person.role })], at);
    return updatePerson(tx, person.id, { disabledAt: at });
  });
}

/** Lets a disabled person in again. They approve nothing until confirmed or until the waiting time has passed. */
export async function enablePerson(deps: ChangeDeps, act: PersonAct): Promise<Person> {
  return deps.db.transaction(async (tx) => {
    const at = deps.clock();
    const person = await lockForAdmin(tx, act, 'enable');
    if (!person.disabledAt) throw new AppError('conflict', `${person.name} is not disabled.`);
    await audit(tx, [personAct(act, 'enabled', null, { role: person.role })], at);
    return updatePerson(tx, person.id, { disabledAt: null, ...waiting(deps, act.actorId, at) });
  });
}

/** Ends the person's sessions, on every device. They may sign in again. */
export async function endSessionsOf(deps: ChangeDeps, act: PersonAct): Promise<number> {
  return deps.db.transaction(async (tx) => {
    const person = await lockForAdmin(tx, act, 'end the sessions of');
    const count = await deleteSessionsOf(tx, person.id);
    await audit(tx, [personAct(act, 'sessions_ended', null, { count })], deps.clock());
    return count;
  });
}

function waiting({ config }: ChangeDeps, actorId: string, at: Date) {
  return {
    approvesFrom: new Date(at.getTime() + config.newApproverWaitMs),
    roleGrantedBy: actorId,
    confirmedBy: null,
    confirmedAt: null,
  };
}
