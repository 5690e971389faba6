import type { DecisionPolicy, Finding, RegistrationFacts } from '#src/domain/registrations/registration.ts';

const partnerText = 'No conflict was found. A person checks the registration before it is approved.';

/** The reason why a person approves what the rules would approve. Null when the rules may approve it. */
export function automaticApprovalFinding(
  { automaticStop }: Pick<RegistrationFacts, 'automaticStop'>,
  { automaticApproval }: Pick<DecisionPolicy, 'automaticApproval'>,
): Finding | null {
  if (automaticApproval === false)
    return reviewBecause('Automatic approval is off in the programme, so a person approves it.');
  if (automaticStop === undefined) return null;
  const { since, overturned, decided } = automaticStop;
  return reviewBecause(
    `Automatic approval has stopped on ${since}, because ${overturned} of ${decided} automatic approvals were overturned. An admin can switch it on again.`,
  );
}

function reviewBecause(message: string): Finding {
  return {
    rule: 'automatic_approval',
    effect: 'review',
    rival: null,
    message: `No conflict was found. ${message}`,
    publicMessage: partnerText,
  };
}

export interface OverturnShare {
  readonly decided: number;
  readonly overturned: number;
}

/** True when enough approvals are counted and more than the share that the programme allows were overturned. */
export function exceedsLimit(
  { decided, overturned }: OverturnShare,
  { percent, atLeast }: { readonly percent: number; readonly atLeast: number },
): boolean {
  return decided >= atLeast && overturned * 100 > decided * percent;
}
