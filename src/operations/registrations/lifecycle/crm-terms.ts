import type { columnsOfTerms } from '#src/db/registrations/lifecycle/lifecycle-row.ts';
import { formatMinor } from '#src/domain/money.ts';

type TermColumns = ReturnType<typeof columnsOfTerms>;

/** The terms that columns hold; one that is not given is left out. */
export function termsInCrm(columns: TermColumns): Readonly<Record<string, string>> {
  const { customerName, customerDomain, customerCountry, contactEmail, productFamily, dealType } = columns;
  const { amountMinor, currency, expectedClose } = columns;
  const amount = amountMinor === null || currency === null ? null : formatMinor(amountMinor, currency);
  const all = {
    customerName,
    customerDomain,
    customerCountry,
    contactEmail,
    productFamily,
    dealType,
    amount,
    currency,
    expectedClose,
  };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null && entry[1] !== ''),
  );
}
