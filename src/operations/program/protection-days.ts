import { partnerTerms } from '#src/db/program/partner-terms.ts';
import type { Db } from '#src/db/client.ts';
import type { ProgramDocument } from '#src/domain/program/document/document.ts';
import { protectionDaysOf } from '#src/domain/program/document/lifecycle-programme.ts';

/** The values of a registration that the protection may depend on. */
export interface ProtectedDeal {
  readonly partnerId: string;
  readonly customerCountry: string | null;
  readonly productFamily: string | null;
  readonly dealType: 'new' | 'renewal';
  readonly amountMinor: bigint | null;
  readonly currency: string | null;
}

/**
 * The days for which the programme protects each of these registrations, by size, tier on a day (`YYYY-MM-DD`) and
 * product.
 */
export async function protectionDaysFor(
  tx: Db,
  document: ProgramDocument,
  registrations: readonly ProtectedDeal[],
): Promise<(registration: ProtectedDeal, on: string) => number> {
  const { days, exceptions } = document.protection;
  if (exceptions.length === 0) return () => days;
  const termsOn = await partnerTerms(tx, [...new Set(registrations.map(({ partnerId }) => partnerId))]);
  return ({ partnerId, customerCountry, productFamily, dealType, amountMinor, currency }, on) => {
    const { code, tier, cam } = termsOn(partnerId, on);
    const amount = amountMinor === null || currency === null ? null : { minor: amountMinor, currency };
    return protectionDaysOf(document, {
      partnerCode: code,
      tier,
      cam,
      customerCountry,
      productFamily,
      dealType,
      amount,
    });
  };
}
