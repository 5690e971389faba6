import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server';
import type { Db } from '#src/db/client.ts';
import { confirmSessionAction, setSessionPasskey, type Session } from '#src/db/people/access-store.ts';
import { audit } from '#src/db/people/audit-store.ts';
import {
  deletePasskey,
  insertPasskey,
  lockPasskey,
  markPasskeyUsed,
  type Passkey,
  passkeysOf,
  useChallenge,
} from '#src/db/people/passkey-store.ts';
import type { Person } from '#src/db/people/person-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { utcMinute } from '#src/domain/utc-minute.ts';
import { personAct } from './admin-acts.ts';
import { challengeExpiry, challengeHash, newChallenge, type ChallengePurpose } from './challenge.ts';
import { openSession, type SignedIn } from './sign-in.ts';

/** The address of the console: a passkey works at one address only. */
export interface Site {
  /** The host name. */
  readonly rpId: string;
  readonly origin: string;
}

/** Somebody signed in, with the session they use. */
export interface Self {
  readonly person: Person;
  readonly session: Session;
}

/** EdDSA, ES256 and RS256, which every authenticator has one of. */
const algorithms = [-8, -7, -257];

type PasskeyDeps = Pick<Deps, 'db' | 'clock' | 'ids' | 'config'>;

const signInPurpose: ChallengePurpose = { ceremony: 'sign_in', session: '', action: '' };
const addPurpose = ({ session }: Self): ChallengePurpose => ({
  ceremony: 'add_passkey',
  session: session.tokenHash,
  action: '',
});
const confirmPurpose = ({ session }: Self, action: string): ChallengePurpose => ({
  ceremony: 'confirm_action',
  session: session.tokenHash,
  action,
});

export async function passkeySignInOptions(
  { config, clock }: PasskeyDeps,
  { rpId }: Site,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const challenge = bytesOf(newChallenge(config.masterKey, signInPurpose, clock()));
  return generateAuthenticationOptions({ rpID: rpId, challenge, userVerification: 'required' });
}

/** @throws AppError `not_signed_in` when the passkey or its answer is not accepted */
export async function signInWithPasskey(
  deps: PasskeyDeps,
  site: Site,
  response: AuthenticationResponseJSON,
  userAgent: string | undefined,
): Promise<SignedIn> {
  return deps.db.transaction(async (tx) => {
    const passkey = await answeredPasskey(deps, tx, site, response, signInPurpose);
    if (passkey === null)
      throw new AppError(
        'not_signed_in',
        'This passkey was not accepted. Try again, or ask for help on the sign-in page.',
      );
    return openSession(deps, tx, passkey.personId, { passkeyId: passkey.id, userAgent });
  });
}

export async function passkeyOptions(
  { db, config, clock }: PasskeyDeps,
  { rpId }: Site,
  self: Self,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const known = await passkeysOf(db, self.person.id);
  return generateRegistrationOptions({
    rpName: 'Fairway',
    rpID: rpId,
    userName: self.person.email,
    userDisplayName: self.person.name,
    userID: bytesOf(Buffer.from(self.person.id)),
    challenge: bytesOf(newChallenge(config.masterKey, addPurpose(self), clock())),
    attestationType: 'none',
    supportedAlgorithmIDs: algorithms,
    excludeCredentials: known.map(({ credentialId, transports }) => ({ id: credentialId, transports })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
}

/**
 * Adds a passkey. One that a sign-in link added confirms no approval for the waiting time, unless a second admin
 * has confirmed the person since the link was made; one that another passkey added is as trusted as that one.
 *
 * @throws AppError `not_allowed` when the answer is not accepted
 */
export async function addPasskey(
  deps: PasskeyDeps,
  site: Site,
  { person, session }: Self,
  { response, name }: { readonly response: RegistrationResponseJSON; readonly name: string },
): Promise<void> {
  const purpose = addPurpose({ person, session });
  await deps.db.transaction(async (tx) => {
    const at = deps.clock();
    const challenge = answeredChallenge(deps, purpose);
    const verified = await verifyRegistrationResponse({
      response,
      expectedChallenge: challenge.isOurs,
      expectedOrigin: site.origin,
      expectedRPID: site.rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: algorithms,
    }).catch((error: unknown) => refuseAnswer(error));
    if (!verified.verified || !(await challenge.use(tx))) throw notAccepted();
    const { id, publicKey, counter, transports } = verified.registrationInfo.credential;
    const row = {
      id: deps.ids(),
      personId: person.id,
      credentialId: id,
      publicKey: Buffer.from(publicKey).toString('base64url'),
      counter,
      transports: [...(transports ?? [])],
      name,
      createdAt: at,
      approvesFrom: await approvesFrom(deps, tx, { person, session }, at),
    };
    await insertPasskey(tx, row);
    // The session has proved the passkey, so it goes on as one that the passkey opened.
    if (session.passkeyId === null) await setSessionPasskey(tx, session.tokenHash, row.id);
    const act = { personId: person.id, actorId: person.id };
    const by = session.passkeyId === null ? 'link' : 'passkey';
    await audit(tx, [personAct(act, 'passkey_added', null, { name, by })], at);
  });
}

async function approvesFrom(deps: PasskeyDeps, tx: Db, { person, session }: Self, at: Date): Promise<Date> {
  if (session.passkeyId !== null) {
    const opener = (await passkeysOf(tx, person.id)).find((one) => one.id === session.passkeyId);
    if (opener) return opener.approvesFrom > at ? opener.approvesFrom : at;
  }
  const isConfirmed =
    person.confirmedAt !== null && session.linkMadeAt !== null && person.confirmedAt >= session.linkMadeAt;
  return isConfirmed ? at : new Date(at.getTime() + deps.config.newApproverWaitMs);
}

/** Removes a passkey and ends the sessions it opened. @throws AppError `not_found` */
export async function removePasskey(
  { db, clock }: PasskeyDeps,
  { person }: Self,
  passkeyId: string,
): Promise<void> {
  await db.transaction(async (tx) => {
    if (!(await deletePasskey(tx, person.id, passkeyId)))
      throw new AppError('not_found', 'You have no such passkey.');
    const act = { personId: person.id, actorId: person.id };
    await audit(tx, [personAct(act, 'passkey_removed', null, { passkeyId })], clock());
  });
}

export async function confirmationOptions(
  { db, config, clock }: PasskeyDeps,
  { rpId }: Site,
  self: Self,
  action: string,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const known = await passkeysOf(db, self.person.id);
  return generateAuthenticationOptions({
    rpID: rpId,
    challenge: bytesOf(newChallenge(config.masterKey, confirmPurpose(self, action), clock())),
    allowCredentials: known.map(({ credentialId, transports }) => ({ id: credentialId, transports })),
    userVerification: 'required',
  });
}

/**
 * Notes in the session that a passkey has confirmed this one action, for a few minutes and one use.
 *
 * @throws AppError `not_allowed` when the answer is not accepted
 */
export async function confirmAction(
  deps: PasskeyDeps,
  site: Site,
  self: Self,
  { action, response }: { readonly action: string; readonly response: AuthenticationResponseJSON },
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const passkey = await answeredPasskey(deps, tx, site, response, confirmPurpose(self, action));
    if (passkey === null || passkey.personId !== self.person.id) throw notAccepted();
    await confirmSessionAction(tx, self.session.tokenHash, {
      passkeyId: passkey.id,
      action,
      at: deps.clock(),
    });
  });
}

/** The passkey whose answer to a challenge of this purpose is right; null otherwise. */
async function answeredPasskey(
  deps: PasskeyDeps,
  tx: Db,
  site: Site,
  response: AuthenticationResponseJSON,
  purpose: ChallengePurpose,
): Promise<Passkey | null> {
  const passkey = await lockPasskey(tx, response.id);
  if (passkey === null) return null;
  const challenge = answeredChallenge(deps, purpose);
  const verified = await verifyAuthenticationResponse({
    response,
    expectedChallenge: challenge.isOurs,
    expectedOrigin: site.origin,
    expectedRPID: site.rpId,
    requireUserVerification: true,
    credential: {
      id: passkey.credentialId,
      publicKey: bytesOf(Buffer.from(passkey.publicKey, 'base64url')),
      counter: passkey.counter,
    },
  }).catch(() => null);
  if (!verified?.verified || !(await challenge.use(tx))) return null;
  await markPasskeyUsed(tx, passkey.id, verified.authenticationInfo.newCounter, deps.clock());
  return passkey;
}

/**
 * The challenge that an answer names. `isOurs` recognises it while the library verifies the answer; `use` then
 * remembers it, so that it works once. The library's errors are refusals, so the database is not asked in between.
 */
function answeredChallenge({ config, clock }: PasskeyDeps, purpose: ChallengePurpose) {
  let recognised: { readonly hash: string; readonly expiresAt: Date } | null = null;
  return {
    isOurs: (challenge: string): boolean => {
      const expiresAt = challengeExpiry(config.masterKey, purpose, challenge, clock());
      recognised = expiresAt && { hash: challengeHash(challenge), expiresAt };
      return recognised !== null;
    },
    use: async (tx: Db): Promise<boolean> =>
      recognised !== null && useChallenge(tx, recognised.hash, recognised.expiresAt),
  };
}

/** A new passkey confirms no approval yet. */
export function newPasskeySentence(from: Date): string {
  return `This passkey is new: it confirms approvals from ${utcMinute(from)} UTC on, or as soon as a second admin confirms you on the People page.`;
}

function refuseAnswer(error: unknown): never {
  throw notAccepted(error);
}

function notAccepted(cause?: unknown): AppError {
  return new AppError('not_allowed', 'The passkey was not accepted. Try again.', {}, cause);
}

/** A copy, because the library does not take a view of a shared pool. */
function bytesOf(buffer: Buffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer);
}
