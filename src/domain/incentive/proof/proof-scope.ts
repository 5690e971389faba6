import type { IncentiveFact } from '#src/domain/incentive/engine/facts.ts';
import type { KnownFacts } from '#src/domain/incentive/engine/known-facts.ts';

/** Documents and payees whose facts a proof needs. */
export interface ProofScope {
  readonly payees: ReadonlySet<string>;
  readonly documents: ReadonlySet<string>;
}

/**
 * The documents of a payee and of the partners that became it, with their reissues and credit memos, so that a
 * proof does not show what others have earned.
 */
export function proofScope(known: KnownFacts, payee: string, lineDocuments: readonly string[]): ProofScope {
  const payees = new Set([payee]);
  const documents = new Set(lineDocuments);
  for (let size = -1; size !== payees.size + documents.size;) {
    size = payees.size + documents.size;
    for (const { from, into } of known.merges.values()) if (payees.has(into)) payees.add(from);
    for (const document of known.documents.values()) {
      const { id, partner, person, of, replaces } = document;
      const shares = [...(document.shares ?? []), ...(known.shares.get(id) ?? [])];
      const isTheirs =
        [partner, person].some((name) => name !== null && payees.has(name)) ||
        shares.some((share) => payees.has(share.partner)) ||
        [of, replaces].some((other) => other !== null && documents.has(other));
      if (isTheirs) documents.add(id);
      if (documents.has(id)) for (const other of [of, replaces]) if (other !== null) documents.add(other);
    }
  }
  return { payees, documents };
}

/** True when a proof with this scope needs the fact. */
export function isInScope(
  fact: IncentiveFact,
  { payees, documents }: ProofScope,
  known: KnownFacts,
): boolean {
  switch (fact.type) {
    case 'invoice':
    case 'pos':
    case 'credit':
      return documents.has(fact.id);
    case 'shares':
    case 'cancel':
    case 'payment':
      return documents.has(fact.document);
    case 'payment_reversed':
      return documents.has(known.payments.get(fact.payment)?.document ?? '');
    case 'merge':
      return payees.has(fact.from) || payees.has(fact.into);
    case 'adjust':
    case 'estimate':
    case 'baseline':
    case 'tier':
      return payees.has(fact.partner);
    case 'fx':
    case 'program_version':
      return true;
  }
}
