import type { findRegistration } from '#src/db/registrations/registration-view.ts';
import { formatMinor } from '#src/domain/money.ts';
import type { ShownContent } from '#src/domain/shown-content.ts';

type Found = NonNullable<Awaited<ReturnType<typeof findRegistration>>>;

/** The content that a decision on a registration is about: its values, its status, and what the rules found. */
export function registrationShown({
  registration,
  partnerName,
  opportunity,
  conflictCase,
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
    ...Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, `${name}: ${value ?? 'empty'}`]),
    ),
    ...Object.fromEntries([...custom, ...findings]),
  };
}
