import { peopleByName as readPeople, type Person, type PersonRow } from '#src/db/people/person-store.ts';
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
 * Gives a new person access, or an existing person a new link and possibly another role. The token signs them
 * in once.
 *
 * @throws AppError `conflict` when admins would change their own role, because no admin might be left
 */
export async function invitePerson(
  deps: Pick<Deps, 'db' | 'clock' | 'ids'>,
  input: InviteInput,
): Promise<{ token: string; person: Person }> {
  const isSelf = input.email.trim().toLowerCase() === input.invitedBy.email;
  if (isSelf && input.role !== input.invitedBy.role) {
    throw new AppError('conflict', 'You cannot change your own role. Ask another admin to do it.');
  }
  return createLoginLink(deps, {
    email: input.email,
    name: input.name,
    role: input.role,
    madeBy: input.invitedBy.id,
  });
}
