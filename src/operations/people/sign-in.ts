import { createHash, randomBytes } from 'node:crypto';
import { audit } from '#src/db/people/audit-store.ts';
import {
  countPeople,
  deleteSession,
  findLiveSession,
  lockPersonByEmail,
  type Person,
  saveLoginLink,
  saveSession,
  touchSession,
  upsertPerson,
  useLoginLink,
} from '#src/db/people/person-store.ts';
import type { Role } from '#src/db/schema/people.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';

export const loginLinkLifeMs = 30 * 60_000;
/** A session ends when it was not used for this long. */
export const sessionIdleMs = 12 * 3_600_000;
/** A session ends after this long, even when it is in use. */
export const sessionLifeMs = 7 * 24 * 3_600_000;
/** `seen_at` is written at most this often, so that reading a page does not write a row. */
const touchEveryMs = 60_000;

type SignInDeps = Pick<Deps, 'db' | 'clock' | 'ids'>;

export interface LoginLinkInput {
  readonly email: string;
  /** Default: the part of the address before the @. */
  readonly name?: string;
  /** Default: the person's current role; `viewer` for a new person, and `admin` for the very first one. */
  readonly role?: Role;
  /** The admin who makes the link. Absent for a link made on the server's command line. */
  readonly madeBy?: string;
}

/**
 * Adds the person if necessary and makes a link that signs them in once within 30 minutes. Only its hash is
 * stored. Every link is on the audit trail with the role before and after, because the person who makes a link
 * could use it to sign in as somebody else.
 */
export async function createLoginLink(
  deps: SignInDeps,
  input: LoginLinkInput,
): Promise<{ token: string; person: Person }> {
  const email = input.email.trim().toLowerCase();
  const now = deps.clock();
  const token = newToken();
  const person = await deps.db.transaction(async (tx) => {
    const known = await lockPersonByEmail(tx, email);
    const role = input.role ?? known?.role ?? ((await countPeople(tx)) === 0 ? 'admin' : 'viewer');
    const name = input.name ?? known?.name ?? email.replace(/@.*$/, '');
    const saved = await upsertPerson(
      tx,
      { id: deps.ids(), email, name, role, createdAt: now },
      { name, role },
    );
    await saveLoginLink(tx, {
      tokenHash: hashToken(token),
      personId: saved.id,
      expiresAt: new Date(now.getTime() + loginLinkLifeMs),
    });
    const entry = {
      actorId: input.madeBy ?? null,
      action: 'person.invited',
      subjectKind: 'person',
      subjectId: saved.id,
      before: known && { role: known.role },
      after: { role },
      reason: input.madeBy === undefined ? 'command line' : null,
    } as const;
    await audit(tx, [entry], now);
    return saved;
  });
  return { token, person };
}

/**
 * Exchanges the token of a login link for a session token.
 *
 * @throws AppError `not_signed_in` when the link is unknown, used or expired
 */
export async function signIn(
  deps: SignInDeps,
  input: { readonly token: string },
): Promise<{ sessionToken: string; person: Person }> {
  const now = deps.clock();
  const sessionToken = newToken();
  const person = await deps.db.transaction(async (tx) => {
    const invited = await useLoginLink(tx, hashToken(input.token), now);
    if (invited === null) {
      throw new AppError(
        'not_signed_in',
        'This sign-in link was used already or is older than 30 minutes. Make a new one with: npm run fairway -- login',
      );
    }
    const expiresAt = new Date(now.getTime() + sessionLifeMs);
    await saveSession(tx, {
      tokenHash: hashToken(sessionToken),
      personId: invited.id,
      createdAt: now,
      seenAt: now,
      expiresAt,
    });
    return invited;
  });
  return { sessionToken, person };
}

/** The person of a session; null when there is no such session or it has ended. */
export async function resolveSession(
  deps: Pick<Deps, 'db' | 'clock'>,
  sessionToken: string,
): Promise<Person | null> {
  const now = deps.clock();
  const tokenHash = hashToken(sessionToken);
  const found = await findLiveSession(deps.db, tokenHash, now, new Date(now.getTime() - sessionIdleMs));
  if (found === null) return null;
  if (now.getTime() - found.seenAt.getTime() >= touchEveryMs) await touchSession(deps.db, tokenHash, now);
  return found.person;
}

export async function signOut(deps: Pick<Deps, 'db'>, sessionToken: string): Promise<void> {
  await deleteSession(deps.db, hashToken(sessionToken));
}

function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** A plain digest is enough for a token of 256 random bits, because it cannot be guessed. */
function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
