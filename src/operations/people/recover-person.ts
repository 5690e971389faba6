import { randomInt } from 'node:crypto';
import {
  addRecoveryRequest,
  confirmRecoveryRequest,
  useConfirmedRequest,
  lockOpenRequest,
} from '#src/db/people/recovery-store.ts';
import { audit } from '#src/db/people/audit-store.ts';
import { findPersonByEmail, tiePeople } from '#src/db/people/person-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { lockForAdmin, personAct, type PersonAct } from './admin-acts.ts';
import { linkMail } from './invite-person.ts';
import { addLink } from './login-link.ts';
import { openSession, type SignedIn } from './sign-in.ts';
import { hashToken, newToken } from './sign-in-token.ts';

const requestLifeMs = 24 * 3_600_000;
/** More open requests for one person replace the oldest, so that a stranger cannot use them all up. */
const maxOpenRequests = 50;

type RecoverDeps = Pick<Deps, 'db' | 'clock' | 'ids' | 'config' | 'mailer'>;

/** For the browser that asked: the code that the person reads out to an admin, and the token to go on with. */
export interface AskedAgain {
  readonly code: string;
  readonly token: string;
}

/** Asks to be let in again. The answer is the same for an address that Fairway does not know. */
export async function askAgain(deps: RecoverDeps, given: string): Promise<AskedAgain> {
  const token = newToken();
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  await deps.db.transaction(async (tx) => {
    const person = await findPersonByEmail(tx, given.trim().toLowerCase());
    if (person === null || person.disabledAt !== null || person.isDemo) return;
    const at = deps.clock();
    const row = {
      id: deps.ids(),
      personId: person.id,
      tokenHash: hashToken(token),
      code,
      askedAt: at,
      expiresAt: new Date(at.getTime() + requestLifeMs),
    };
    await addRecoveryRequest(tx, row, maxOpenRequests);
  });
  return { code, token };
}

/**
 * An admin lets a person in again whose request has this code. With a mail server, the person gets a link.
 * Without one, the browser that asked may go on, and the admin and the person no longer count as two people,
 * because the admin could have asked.
 *
 * @throws AppError `conflict` when no open request of the person has this code
 */
export async function letInAgain(
  deps: RecoverDeps,
  { code, ...act }: PersonAct & { readonly code: string },
): Promise<void> {
  const made = await deps.db.transaction(async (tx) => {
    const at = deps.clock();
    const person = await lockForAdmin(tx, act, 'let in');
    const request = person.disabledAt === null ? await lockOpenRequest(tx, person.id, code, at) : null;
    if (request === null)
      throw new AppError(
        'conflict',
        `There is no open request of ${person.name} with this code. Ask ${person.name} for the code on their screen.`,
        { field: 'code' },
      );
    await confirmRecoveryRequest(tx, request.id, act.actorId, at);
    const isMailed = deps.mailer !== null;
    if (!isMailed)
      await tiePeople(tx, { personId: person.id, tiedTo: act.actorId, reason: 'let_in_again', at });
    await audit(tx, [personAct(act, 'let_in_again', null, { by: isMailed ? 'mail' : 'code' })], at);
    return { person, token: isMailed ? await addLink(tx, person.id, at) : null };
  });
  if (made.token === null || deps.mailer === null) return;
  await deps.mailer.send({
    to: { name: made.person.name, address: made.person.email },
    subject: 'Your sign-in link for Fairway',
    text: linkMail(deps, made.token),
  });
}

/**
 * Signs in the browser that asked, once, after an admin has agreed. The session is one of a link: it adds a
 * passkey, which waits.
 *
 * @throws AppError `conflict` while no admin has agreed, or when the link was mailed; `not_signed_in` for an
 * unknown or used request
 */
export async function useRecovery(
  deps: RecoverDeps,
  { token, userAgent }: { readonly token: string; readonly userAgent: string | undefined },
): Promise<SignedIn> {
  if (deps.mailer !== null)
    throw new AppError('conflict', 'Once an admin agrees, the sign-in link is mailed to you.');
  return deps.db.transaction(async (tx) => {
    const request = await useConfirmedRequest(tx, hashToken(token), deps.clock());
    if (request === null)
      throw new AppError('conflict', 'No admin has agreed yet. Read the code out to an admin of Fairway.');
    return openSession(deps, tx, request.personId, { linkMadeAt: deps.clock(), userAgent });
  });
}
