/** The partner that a payout item pays, from the partner's current account in the CRM. */
export interface Payee {
  readonly partnerId: string;
  readonly partnerName: string;
  /** The partner's number in the ERP. */
  readonly partnerCode: string | null;
  /** True if another partner has the same code, so that finance could pay the wrong one. */
  readonly codeIsShared: boolean;
}

/** A key must fit a CRM field of 120 characters, together with the period and the currency. */
const longestName = 100;

/**
 * The partner's name in payout keys: its partner code. The code does not change when our database is rebuilt,
 * so a month that is drafted again gets the keys it was paid under. Without a unique code the name is our id.
 * Every character other than a letter, digit, dot or hyphen becomes `_<hex>_`, so that two codes never give
 * one name.
 */
export function payeeName({ partnerId, partnerCode, codeIsShared }: Omit<Payee, 'partnerName'>): string {
  if (!partnerCode?.trim() || codeIsShared) return partnerId;
  const name = partnerCode.replace(
    /[^A-Za-z0-9.-]/gu,
    (character) => `_${character.codePointAt(0)?.toString(16)}_`,
  );
  return name.length > longestName ? partnerId : name;
}

/** The reasons why finance cannot identify a partner, one sentence per partner that says how to fix it. */
export function payeeBlockers(payees: readonly Payee[]): string[] {
  return payees.flatMap(({ partnerName, partnerCode, codeIsShared }) => {
    if (!partnerCode?.trim()) return [`Enter the partner code on ${partnerName}'s account in the CRM.`];
    if (codeIsShared)
      return [
        `Change the partner code ${partnerCode} on ${partnerName}'s account in the CRM: another partner has the same code.`,
      ];
    return [];
  });
}
