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
 * The days for which the programme protects each of these registrations, by size, tier and product.
 *
 * @param today `YYYY-MM-DD`, for the tier
 */
export async function protectionDaysFor(
  tx: Db,
  document: ProgramDocument,
  registrations: readonly ProtectedDeal[],
  today: string,
): Promise<(registration: ProtectedDeal) => number> {
  const { days, exceptions } = document.protection;
  if (exceptions.length === 0) return () => days;
  const partners = await partnerTerms(
    tx,
    [...new Set(registrations.map(({ partnerId }) => partnerId))],
    today,
  );
  return ({ partnerId, customerCountry, productFamily, dealType, amountMinor, currency }) => {
    const partner = partners.get(partnerId);
    const amount = amountMinor === null || currency === null ? null : { minor: amountMinor, currency };
    return protectionDaysOf(document, {
      partnerCode: partner?.code ?? null,
      tier: partner?.tier ?? null,
      customerCountry,
      productFamily,
      dealType,
      amount,
    });
  };
}
