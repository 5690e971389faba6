import { endAccessOf, saveLoginLink } from '#src/db/people/access-store.ts';
import { isInProduction } from '#src/db/people/approval-store.ts';
import { audit } from '#src/db/people/audit-store.ts';
import {
  countPeople,
  insertPerson,
  lockPersonByEmail,
  type Person,
  updatePerson,
} from '#src/db/people/person-store.ts';
import type { Db } from '#src/db/client.ts';
import type { Role } from '#src/db/schema/people.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { hashToken, newToken } from './sign-in-token.ts';

export const loginLinkLifeMs = 30 * 60_000;

export interface LoginLinkInput {
  readonly email: string;
  /** Default: the part of the address before the @. */
  readonly name?: string;
  /** Default: the person's current role; `viewer` for a new person, and `admin` for the very first one. */
  readonly role?: Role;
  /** The second person of the sandbox. */
  readonly isDemo?: boolean;
}

/**
 * Makes a sign-in link on the server's command line, and adds the person if necessary. The link is on the audit
 * trail and shown to every admin. In production, a new person or role waits before it approves anything, as one
 * from the People page does; only the very first person does not.
 *
 * @throws AppError `conflict` for a disabled person
 */
export async function createLoginLink(
  deps: Pick<Deps, 'db' | 'clock' | 'ids' | 'config'>,
  input: LoginLinkInput,
): Promise<{ token: string; person: Person }> {
  const email = input.email.trim().toLowerCase();
  return deps.db.transaction(async (tx) => {
    const at = deps.clock();
    const known = await lockPersonByEmail(tx, email);
    if (known?.disabledAt)
      throw new AppError('conflict', `${email} is disabled. An admin can enable them on the People page.`);
    const isFirst = (await countPeople(tx)) === 0;
    const waits = !isFirst && (await isInProduction(tx));
    const approvesFrom = new Date(at.getTime() + (waits ? deps.config.newApproverWaitMs : 0));
    const role = input.role ?? known?.role ?? (isFirst ? 'admin' : 'viewer');
    const granted = { role, approvesFrom, roleGrantedBy: null, confirmedBy: null, confirmedAt: null };
    const changes = known && known.role !== role ? granted : {};
    const name = input.name ?? known?.name ?? email.replace(/@.*$/, '');
    const person = known
      ? await updatePerson(tx, known.id, { name, ...changes })
      : await insertPerson(tx, {
          id: deps.ids(),
          email,
          name,
          createdAt: at,
          isDemo: input.isDemo ?? false,
          ...granted,
        });
    if (known && known.role !== role) await endAccessOf(tx, known.id);
    const token = await addLink(tx, person.id, at);
    const entry = {
      actorId: null,
      action: known ? 'person.link_made' : 'person.invited',
      subjectKind: 'person',
      subjectId: person.id,
      before: known && { role: known.role },
      after: { role },
      reason: 'command line',
    } as const;
    await audit(tx, [entry], at);
    return { token, person };
  });
}

/** Stores the hash of a new link, which works once within 30 minutes. Returns its token. */
export async function addLink(tx: Db, personId: string, at: Date): Promise<string> {
  const token = newToken();
  await saveLoginLink(tx, {
    tokenHash: hashToken(token),
    personId,
    createdAt: at,
    expiresAt: new Date(at.getTime() + loginLinkLifeMs),
  });
  return token;
}
