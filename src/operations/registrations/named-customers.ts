import type { Db } from '#src/db/client.ts';
import {
  changedInCrmAt,
  saveTermsSince,
  type StoredRegistration,
} from '#src/db/registrations/registration-store.ts';
import { isPlaceholder } from '#src/domain/registrations/placeholder.ts';
import { isEarlier, precedenceAt } from '#src/domain/registrations/precedence.ts';
import type { EvaluationRound } from './evaluation.ts';

/**
 * Registrations that had a placeholder and name a customer now count from that change, because a partner could
 * otherwise hold a place for any customer with a registration that names no company. Returns all registrations in
 * order of precedence.
 */
export async function withNamedCustomers(
  tx: Db,
  { at }: EvaluationRound,
  registrations: readonly StoredRegistration[],
): Promise<readonly StoredRegistration[]> {
  const named = registrations.filter(
    ({ status, customerName }) => status === 'information_needed' && !isPlaceholder(customerName),
  );
  if (named.length === 0) return registrations;
  const ids = named.map(({ id }) => id);
  const changedAt = await changedInCrmAt(tx, ids);
  const since = new Map(ids.map((id) => [id, earlierOf(changedAt.get(id) ?? at, at)]));
  await saveTermsSince(
    tx,
    [...since].map(([id, termsSince]) => ({ id, termsSince })),
  );
  return registrations
    .map((one) => ({ ...one, termsSince: since.get(one.id) ?? one.termsSince }))
    .toSorted((a, b) => (isEarlier(submissionOf(a), submissionOf(b)) ? -1 : 1));
}

const submissionOf = (one: StoredRegistration) => ({
  id: one.id,
  submittedAt: precedenceAt(one).toISOString(),
});

const earlierOf = (a: Date, b: Date): Date => (a < b ? a : b);
