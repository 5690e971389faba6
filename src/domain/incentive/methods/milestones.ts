/** A commission that is paid in parts, each when its milestone is reached. */
import { exact, multiplyExact, type Exact } from '#src/domain/exact.ts';
import { shareOut } from '#src/domain/incentive/engine/share-out.ts';

/** The payment for each milestone. The payments add up to the rounded sum of the parts. */
export function milestonePayments(commissionMinor: bigint, parts: readonly Exact[]): readonly bigint[] {
  const amounts = parts.map((part) => multiplyExact(exact(commissionMinor), part));
  return shareOut(amounts, 'half_away', 'largest');
}
