import { audit } from '#src/db/audit-store.ts';
import { listPeople as readPeople, type Person, type PersonRow } from '#src/db/person-store.ts';
import type { Role } from '#src/db/schema/people.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { createLoginLink } from './sign-in.ts';

export async function listPeople(deps: Pick<Deps, 'db'>): Promise<PersonRow[]> {
  return readPeople(deps.db);
}

export interface InviteInput {
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly invitedBy: Pick<Person, 'id' | 'email' | 'role'>;
}

/**
 * Gives somebody access, or somebody who has it a new link and perhaps another role. The token signs them in once.
 * It goes on the audit trail: whoever makes links could sign in as somebody else.
 * Throws `conflict` when admins would change their own role: the last one could lock everybody out.
 */
export async function invitePerson(
  deps: Pick<Deps, 'db' | 'clock' | 'ids'>,
  input: InviteInput,
): Promise<{ token: string; person: Person }> {
  const isSelf = input.email.trim().toLowerCase() === input.invitedBy.email;
  if (isSelf && input.role !== input.invitedBy.role) {
    throw new AppError('conflict', 'You cannot change your own role. Ask another admin to do it.');
  }
  const made = await createLoginLink(deps, { email: input.email, name: input.name, role: input.role });
  const entry = {
    actorId: input.invitedBy.id,
    action: 'person.invited',
    subjectKind: 'person',
    subjectId: made.person.id,
    before: null,
    after: { role: input.role },
    reason: null,
  } as const;
  await deps.db.transaction((tx) => audit(tx, [entry], deps.clock()));
  return made;
}
