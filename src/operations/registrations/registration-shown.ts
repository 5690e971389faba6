import type { findRegistration, RivalState } from '#src/db/registrations/registration-view.ts';
import { precedenceAt } from '#src/domain/registrations/precedence.ts';
import { formatMinor } from '#src/domain/money.ts';
import type { ShownContent } from '#src/domain/shown-content.ts';

type Found = NonNullable<Awaited<ReturnType<typeof findRegistration>>>;

/**
 * The content that a decision on a registration is about: its values, its status, what the rules found, and the
 * present state of its rivals. Of two people who decide about rivals, the second is refused and reads what the
 * first decided.
 */
export function registrationShown({
  registration,
  partnerName,
  opportunity,
  conflictCase,
  rivalStates,
}: Found): ShownContent {
  const { amountMinor, currency, extra } = registration;
  const values: Readonly<Record<string, string | null>> = {
    Status: registration.status,
    Reason: registration.reason,
    Partner: partnerName,
    Customer: registration.customerName,
    'Customer domain': registration.customerDomain,
    'Customer country': registration.customerCountry,
    'Contact e-mail': registration.contactEmail,
    'Product family': registration.productFamily,
    'Deal type': registration.dealType,
    Amount:
      amountMinor === null || currency === null ? null : `${formatMinor(amountMinor, currency)} ${currency}`,
    'Expected close': registration.expectedClose,
    Submitted: registration.submittedAt.toISOString(),
    'Precedence from': precedenceAt(registration).toISOString(),
    'Protected until': registration.protectedUntil,
    Opportunity:
      opportunity && `${opportunity.name}${opportunity.stage === null ? '' : `, ${opportunity.stage}`}`,
    Proposal: conflictCase && `${conflictCase.decision.outcome}. ${conflictCase.decision.reason}`,
  };
  const custom = Object.entries(extra ?? {}).map(([name, value]): [string, string] => [
    `extra ${name}`,
    `${name}: ${value === null ? 'empty' : String(value)}`,
  ]);
  const findings = (conflictCase?.decision.findings ?? []).map(
    ({ rule, rival, message }): [string, string] => [`finding ${rule} ${rival?.id ?? ''}`.trim(), message],
  );
  return {
    // First, because a refused decision names the first changes.
    ...Object.fromEntries(rivalStates.map(rivalShown)),
    ...Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, `${name}: ${value ?? 'empty'}`]),
    ),
    ...Object.fromEntries([...custom, ...findings]),
  };
}

function rivalShown({ id, name, state, protectedUntil, decidedBy, decidedOn }: RivalState): [string, string] {
  const decided = decidedOn === null ? null : `decided by ${decidedBy ?? 'the rules'} on ${decidedOn}`;
  const until = protectedUntil === null ? null : `protected until ${protectedUntil}`;
  const details = [state?.replace('_', ' ') ?? 'no stage', decided, until].filter(
    (detail) => detail !== null,
  );
  return [`rival ${id}`, `${name}: ${details.join(', ')}`];
}
