import type { Money } from '../api/types.ts';
import { amountText } from '../format.ts';

export function MoneyText({ money }: { readonly money: Money | null }) {
  if (money === null) return <span className="dim">—</span>;
  return (
    <span className="num">
      {amountText(money.amount)} <span className="dim small">{money.currency}</span>
    </span>
  );
}
