import { ruleSetting } from '#src/domain/program/rule-settings.ts';
import type { EngagementPolicy } from '#src/domain/program/engagement.ts';
import { isRuleOn } from './rule-effect.ts';

/**
 * True if two partners with these roles work on one deal together, because the programme allows the pair. Partners with
 * the same role, or with one that is not known, are rivals.
 */
export function areCoSellers(
  role: string | null | undefined,
  other: string | null | undefined,
  policy: EngagementPolicy,
): boolean {
  const [a, b] = [plainRole(role), plainRole(other)];
  if (a === '' || b === '' || a === b || !isRuleOn('co_sell', policy)) return false;
  return ruleSetting(policy, 'co_sell').together.some(
    (roles) => roles.some((one) => one === a) && roles.some((one) => one === b),
  );
}

function plainRole(role: string | null | undefined): string {
  return role?.trim().toLowerCase() ?? '';
}
