import { audit } from '#src/db/people/audit-store.ts';
import {
  deleteSession,
  findLiveSession,
  type LiveSession,
  saveSession,
  touchSession,
  useLoginLink,
} from '#src/db/people/access-store.ts';
import { isInProduction } from '#src/db/people/approval-store.ts';
import type { Db } from '#src/db/client.ts';
import { lockPerson, type Person, updatePerson } from '#src/db/people/person-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { hashToken, newToken } from './sign-in-token.ts';

/** A session ends when it was not used for this long. */
export const sessionIdleMs = 12 * 3_600_000;
/** A session ends after this long, even when it is in use. */
export const sessionLifeMs = 7 * 24 * 3_600_000;
/** `seen_at` is written at most this often, so that reading a page does not write a row. */
const touchEveryMs = 60_000;
/** Longer names of browsers are cut. */
const maxUserAgent = 300;

type SignInDeps = Pick<Deps, 'db' | 'clock' | 'ids'>;

export interface SignedIn {
  readonly sessionToken: string;
  readonly person: Person;
}

/**
 * Exchanges the token of a sign-in link for a session token.
 *
 * @throws AppError `not_signed_in` when the link is unknown, used or expired, or its person is disabled
 */
export async function signIn(
  deps: SignInDeps,
  input: { readonly token: string; readonly userAgent?: string | undefined },
): Promise<SignedIn> {
  return deps.db.transaction(async (tx) => {
    const link = await useLoginLink(tx, hashToken(input.token), deps.clock());
    if (link === null)
      throw new AppError(
        'not_signed_in',
        'This sign-in link was used already or is older than 30 minutes. Sign in with your passkey, ask an admin for a new link, or make one on the server with: npm run fairway -- login',
      );
    return openSession(deps, tx, link.personId, { linkMadeAt: link.createdAt, userAgent: input.userAgent });
  });
}

export interface SessionOrigin {
  readonly passkeyId?: string;
  readonly linkMadeAt?: Date;
  readonly userAgent?: string | undefined;
}

/** @throws AppError `not_signed_in` for a disabled person, and for the demo person in production */
export async function openSession(
  deps: SignInDeps,
  tx: Db,
  personId: string,
  { passkeyId, linkMadeAt, userAgent }: SessionOrigin,
): Promise<SignedIn> {
  const at = deps.clock();
  // The lock makes a sign-in and a removal of the person follow each other.
  const person = await lockPerson(tx, personId);
  if (person === null || person.disabledAt !== null)
    throw new AppError('not_signed_in', 'This person is disabled. Ask an admin.');
  if (person.isDemo && (await isInProduction(tx)))
    throw new AppError(
      'not_signed_in',
      'The demo person has ended, because a CRM or ERP of yours is connected. Ask an admin to invite you.',
    );
  const sessionToken = newToken();
  await saveSession(tx, {
    tokenHash: hashToken(sessionToken),
    id: deps.ids(),
    personId,
    createdAt: at,
    seenAt: at,
    expiresAt: new Date(at.getTime() + sessionLifeMs),
    passkeyId: passkeyId ?? null,
    linkMadeAt: linkMadeAt ?? null,
    userAgent: userAgent?.slice(0, maxUserAgent) ?? null,
  });
  const entry = {
    actorId: personId,
    action: 'access.signed_in',
    subjectKind: 'access',
    subjectId: personId,
    before: null,
    after: { role: person.role, with: passkeyId ? 'passkey' : 'link' },
    reason: null,
  } as const;
  await audit(tx, [entry], at);
  const joined = person.joinedAt ? person : await updatePerson(tx, personId, { joinedAt: at });
  return { sessionToken, person: joined };
}

/** The session of a token with its person; null when there is no such session or it has ended. */
export async function resolveSession(
  deps: Pick<Deps, 'db' | 'clock'>,
  sessionToken: string,
): Promise<LiveSession | null> {
  const now = deps.clock();
  const tokenHash = hashToken(sessionToken);
  const found = await findLiveSession(deps.db, tokenHash, now, new Date(now.getTime() - sessionIdleMs));
  if (found === null) return null;
  if (now.getTime() - found.session.seenAt.getTime() >= touchEveryMs)
    await touchSession(deps.db, tokenHash, now);
  return found;
}

export async function signOut(deps: Pick<Deps, 'db'>, sessionToken: string): Promise<void> {
  await deleteSession(deps.db, hashToken(sessionToken));
}
