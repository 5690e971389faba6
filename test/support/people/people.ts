import { sql } from 'drizzle-orm';
import { saveSession } from '#src/db/people/access-store.ts';
import { insertPasskey, passkeysOf } from '#src/db/people/passkey-store.ts';
import { findPersonByEmail, insertPerson, type Person, updatePerson } from '#src/db/people/person-store.ts';
import type { Role } from '#src/db/schema/people.ts';
import type { Deps } from '#src/deps.ts';
import { hashToken, newToken } from '#src/operations/people/sign-in-token.ts';

type PeopleDeps = Pick<Deps, 'db' | 'clock' | 'ids'>;

/** Somebody who has been here for a long time, has a passkey and may approve. A second call gives the role. */
export async function addPerson(
  { db, clock, ids }: PeopleDeps,
  { name, role, email = `${name.toLowerCase()}@vendor.test` }: { name: string; role: Role; email?: string },
): Promise<Person> {
  const known = await findPersonByEmail(db, email);
  if (known) return updatePerson(db, known.id, { role });
  const at = new Date(clock().getTime() - 30 * 24 * 3_600_000);
  const row = { id: ids(), email, name, role, createdAt: at, joinedAt: at, approvesFrom: at };
  const person = await insertPerson(db, row);
  await insertPasskey(db, {
    id: ids(),
    personId: person.id,
    credentialId: Buffer.from(`passkey of ${person.id}`).toString('base64url'),
    publicKey: 'none',
    counter: 0,
    transports: [],
    name: 'Laptop',
    createdAt: at,
    approvesFrom: at,
  });
  return person;
}

/** The token of a session that the person's passkey opened. */
export async function openPasskeySession({ db, clock, ids }: PeopleDeps, personId: string): Promise<string> {
  const at = clock();
  const token = newToken();
  const [passkey] = await passkeysOf(db, personId);
  await saveSession(db, {
    tokenHash: hashToken(token),
    id: ids(),
    personId,
    createdAt: at,
    seenAt: at,
    expiresAt: new Date(at.getTime() + 7 * 24 * 3_600_000),
    passkeyId: passkey?.id ?? null,
  });
  return token;
}

/** The connections become ones of a customer, no longer the sandbox. */
export async function enterProduction({ db }: Pick<Deps, 'db'>): Promise<void> {
  await db.execute(sql`update connection set settings = settings - 'sandbox'`);
}
