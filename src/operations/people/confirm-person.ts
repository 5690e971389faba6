import { audit } from '#src/db/people/audit-store.ts';
import { type NewPerson, type Person, updatePerson } from '#src/db/people/person-store.ts';
import { endPasskeyWaits } from '#src/db/people/passkey-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { lockForAdmin, personAct, type PersonAct } from './admin-acts.ts';
import { requireSecondPerson } from './second-person.ts';

/**
 * A second admin confirms a person and the passkeys they have, who then may approve at once. The second admin is
 * neither the person nor the giver of the role, and not tied to either.
 *
 * @throws AppError `not_allowed` to anybody else; `conflict` for a disabled person
 */
export async function confirmPerson(deps: Pick<Deps, 'db' | 'clock'>, act: PersonAct): Promise<Person> {
  return deps.db.transaction(async (tx) => {
    const at = deps.clock();
    const person = await lockForAdmin(tx, act, 'confirm');
    if (person.disabledAt) throw new AppError('conflict', `${person.name} is disabled. Enable them first.`);
    await requireSecondPerson(tx, {
      approverId: act.actorId,
      makerIds: [person.id, person.roleGrantedBy],
      at,
    });
    await endPasskeyWaits(tx, person.id, at);
    await audit(tx, [personAct(act, 'confirmed', null, { role: person.role })], at);
    return updatePerson(tx, person.id, confirmed(act.actorId, at));
  });
}

export function confirmed(actorId: string, at: Date): Partial<NewPerson> {
  return { approvesFrom: at, confirmedBy: actorId, confirmedAt: at };
}
