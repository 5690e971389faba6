import { findPersonByEmail, type Person } from '#src/db/person-store.ts';
import type { Role } from '#src/db/schema/people.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { textOption } from '../command.ts';

/** Who does it: the audit trail names them, and what they hand in somebody else approves. @throws AppError */
export function actingEmail(values: Readonly<Record<string, string | boolean | undefined>>): string {
  const email = textOption(values['as'])?.trim().toLowerCase();
  if (email) return email;
  throw new AppError('bad_request', 'Say with --as EMAIL who does this: it is on the audit trail under their name.');
}

/** @throws AppError when there is nobody of this address, or their role may not do it */
export async function actingPerson({ db }: Deps, email: string, roles: readonly Role[]): Promise<Person> {
  const found = await findPersonByEmail(db, email);
  if (!found)
    throw new AppError('not_found', `Nobody here has the address ${email}. Add them: npm run fairway -- login ${email} --role ${roles[0]}`);
  if (roles.includes(found.role)) return found;
  throw new AppError('not_allowed', `${email} has the role ${found.role}; this takes ${roles.join(' or ')}.`, { role: found.role });
}
