import { findPersonByEmail, type Person } from '#src/db/people/person-store.ts';
import type { Role } from '#src/db/schema/people.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { textOption, UsageError, type OptionValues } from '#src/cli/command.ts';

/**
 * The person who acts. The audit trail names them, and another person approves what they submit. @throws
 * UsageError
 */
export function actingEmail(values: OptionValues): string {
  const email = textOption(values['as'])?.trim().toLowerCase();
  if (email) return email;
  throw new UsageError('--as EMAIL is missing: the audit trail names the person who does this.');
}

/** @throws AppError when no person has this address, or their role does not allow it */
export async function actingPerson({ db }: Deps, email: string, roles: readonly Role[]): Promise<Person> {
  const found = await findPersonByEmail(db, email);
  if (!found)
    throw new AppError(
      'not_found',
      `No person has the address ${email}. Add them: npm run fairway -- login ${email} --role ${roles[0]}`,
    );
  if (found.disabledAt)
    throw new AppError('not_allowed', `${email} is disabled. An admin can enable them on the People page.`);
  if (roles.includes(found.role)) return found;
  throw new AppError(
    'not_allowed',
    `${email} has the role ${found.role}; this takes ${roles.join(' or ')}.`,
    { role: found.role },
  );
}

/** The authors named with `--author a@x,b@x`. An unknown address is reported; it cannot approve anything. */
export async function namedAuthors(
  { db }: Deps,
  values: OptionValues,
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
