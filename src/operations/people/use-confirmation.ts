import { useConfirmedAction, type Session } from '#src/db/people/access-store.ts';
import { findPasskey } from '#src/db/people/passkey-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { newPasskeySentence } from './passkeys.ts';

/** A confirmation is of use for this long. */
const confirmationLifeMs = 5 * 60_000;

/**
 * The kind of action that the passkey confirms. An `approval` of money, mappings, programmes or people needs a passkey that is not
 * new; a `change` of people or passkeys needs any passkey of the person.
 */
export type ConfirmedKind = 'approval' | 'change';

/**
 * Uses up the session's confirmation of this action.
 *
 * @throws AppError `confirmation_needed` without one; `not_allowed` when the passkey is too new for an approval
 */
export async function useConfirmation(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  session: Session,
  { action, kind }: { readonly action: string; readonly kind: ConfirmedKind },
): Promise<void> {
  const now = clock();
  const passkeyId = await useConfirmedAction(db, session.tokenHash, {
    action,
    after: new Date(now.getTime() - confirmationLifeMs),
  });
  if (passkeyId === null)
    throw new AppError('confirmation_needed', 'Confirm this with your passkey.', { action });
  const passkey = await findPasskey(db, passkeyId);
  if (kind === 'approval' && (passkey === null || passkey.approvesFrom > now))
    throw new AppError('not_allowed', newPasskeySentence(passkey?.approvesFrom ?? now));
}
