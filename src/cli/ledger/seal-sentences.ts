import type { SealCheck } from '#src/db/ledger/ledger-seal.ts';

/** What a check of the ledger's seals found, a sentence each. */
export function sealSentences(
  { seals, broken, unsealed, sealedLate }: SealCheck,
  lost: { readonly entry: string; readonly at: string } | null,
): readonly string[] {
  const late = sealedLate + unsealed;
  return [
    broken === null
      ? `The postings are unchanged (${seals} seals).`
      : `The ledger is broken at seal ${broken}: postings that it covers, or the seal before it, were changed.`,
    ...(lost === null
      ? []
      : [
          `The ledger has lost seal ${lost.entry} of ${lost.at}: it was written down outside the database and is gone or changed.`,
        ]),
    ...(late === 0
      ? []
      : [
          `${late} postings were not sealed when they were made. An older version of Fairway makes such postings; if none has run since the last update, ask who added them.`,
        ]),
  ];
}
