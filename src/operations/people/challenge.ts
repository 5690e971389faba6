import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const challengeLifeMs = 5 * 60_000;
const nonceBytes = 16;
const expiryBytes = 8;

/** The purpose of a challenge. Its answer cannot be used for any other purpose. */
export interface ChallengePurpose {
  readonly ceremony: 'sign_in' | 'add_passkey' | 'confirm_action';
  /** The hash of the session's token; empty for a sign-in. */
  readonly session: string;
  /** The action that is confirmed, as method and path; empty otherwise. */
  readonly action: string;
}

/**
 * A challenge that the server recognises without storing it: nonce, expiry and a keyed digest of both with the
 * purpose. So a stranger cannot fill a table with open challenges, or displace those of other people.
 */
export function newChallenge(masterKey: Buffer, purpose: ChallengePurpose, at: Date): Buffer {
  const head = Buffer.alloc(nonceBytes + expiryBytes);
  randomBytes(nonceBytes).copy(head);
  head.writeBigUInt64BE(BigInt(at.getTime() + challengeLifeMs), nonceBytes);
  return Buffer.concat([head, digest(masterKey, purpose, head)]);
}

/** When a challenge of this purpose expires; null when it is not one, or has expired. */
export function challengeExpiry(
  masterKey: Buffer,
  purpose: ChallengePurpose,
  challenge: string,
  at: Date,
): Date | null {
  const bytes = Buffer.from(challenge, 'base64url');
  const head = bytes.subarray(0, nonceBytes + expiryBytes);
  const expected = digest(masterKey, purpose, head);
  const given = bytes.subarray(nonceBytes + expiryBytes);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  const expiresAt = new Date(Number(head.readBigUInt64BE(nonceBytes)));
  return expiresAt > at ? expiresAt : null;
}

/** Under this hash, a used challenge is remembered until it expires. */
export function challengeHash(challenge: string): string {
  return createHash('sha256').update(Buffer.from(challenge, 'base64url')).digest('hex');
}

function digest(masterKey: Buffer, { ceremony, session, action }: ChallengePurpose, head: Buffer): Buffer {
  const key = createHmac('sha256', masterKey).update('challenges of passkeys').digest();
  return createHmac('sha256', key)
    .update(JSON.stringify([ceremony, session, action]))
    .update(head)
    .digest();
}
