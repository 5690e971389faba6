/** Whom an item pays, as the partner's account in the CRM has it now. */
export interface Payee {
  readonly partnerId: string;
  readonly partnerName: string;
  /** The partner's number in the ERP. */
  readonly partnerCode: string | null;
  /** Another partner carries the same code: finance could pay either. */
  readonly codeIsShared: boolean;
}

/** Keys go into a CRM field of 120 characters, beside the period and the currency. */
const longestName = 100;

/**
 * What payout keys call a partner: its code, which outlives our database, so that a month drafted again after
 * a rebuild has the keys it was paid under. A partner without a code of its own goes by our id until it has
 * one. Two codes never become one name: whatever is not a letter, digit, dot or hyphen is spelt `_<hex>_`.
 */
export function payeeName({ partnerId, partnerCode, codeIsShared }: Omit<Payee, 'partnerName'>): string {
  if (!partnerCode?.trim() || codeIsShared) return partnerId;
  const name = partnerCode.replace(
    /[^A-Za-z0-9.-]/gu,
    (character) => `_${character.codePointAt(0)?.toString(16)}_`,
  );
  return name.length > longestName ? partnerId : name;
}

/** Why finance could not tell whom to pay, one sentence a partner; empty when it can. */
export function payeeBlockers(payees: readonly Payee[]): string[] {
  return payees.flatMap(({ partnerName, partnerCode, codeIsShared }) => {
    if (!partnerCode?.trim()) return [`Enter the partner code on ${partnerName}'s account in the CRM.`];
    if (codeIsShared)
      return [
        `Give ${partnerName} a partner code of its own in the CRM; another partner has ${partnerCode} too.`,
      ];
    return [];
  });
}
