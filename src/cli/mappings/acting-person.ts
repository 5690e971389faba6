import { findPersonByEmail, type Person } from '#src/db/people/person-store.ts';
import type { Role } from '#src/db/schema/people.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { textOption } from '#src/cli/command.ts';

/** Who does it: the audit trail names them, and what they hand in somebody else approves. @throws AppError */
export function actingEmail(values: Readonly<Record<string, string | boolean | undefined>>): string {
  const email = textOption(values['as'])?.trim().toLowerCase();
  if (email) return email;
  throw new AppError(
    'bad_request',
    'Say with --as EMAIL who does this: it is on the audit trail under their name.',
  );
}

/** @throws AppError when there is nobody of this address, or their role may not do it */
export async function actingPerson({ db }: Deps, email: string, roles: readonly Role[]): Promise<Person> {
  const found = await findPersonByEmail(db, email);
  if (!found)
    throw new AppError(
      'not_found',
      `Nobody here has the address ${email}. Add them: npm run fairway -- login ${email} --role ${roles[0]}`,
    );
  if (roles.includes(found.role)) return found;
  throw new AppError(
    'not_allowed',
    `${email} has the role ${found.role}; this takes ${roles.join(' or ')}.`,
    { role: found.role },
  );
}

/**
 * Who wrote what is handed in, besides whoever hands it in: `--author a@x,b@x`. Whom Fairway does not know
 * cannot approve anything.
 */
export async function namedAuthors(
  { db }: Deps,
  values: Readonly<Record<string, string | boolean | undefined>>,
): Promise<{ readonly authorIds: readonly string[]; readonly strangers: readonly string[] }> {
  const named = (textOption(values['author']) ?? '').split(',').map((email) => email.trim().toLowerCase());
  const emails = [...new Set(named.filter((email) => email !== ''))];
  const found = await Promise.all(
    emails.map(async (email) => ({ email, person: await findPersonByEmail(db, email) })),
  );
  return {
    authorIds: found.flatMap(({ person }) => person?.id ?? []),
    strangers: found.flatMap(({ email, person }) => (person ? [] : [email])),
  };
}
