import type { ConnectionDetail } from '../api/types.ts';
import { countText } from '../format.ts';
import { Card } from '../ui/layout/page.tsx';
import { MoneyText } from '../ui/money.tsx';
import { When } from '../ui/when.tsx';
import styles from './freshness-card.module.css';

type Receipt = ConnectionDetail['receipts'][number];

/** What became of the latest files: rows accepted, refused and waiting, with the reasons, and the totals. */
export function ReceiptsCard({ receipts }: { readonly receipts: readonly Receipt[] }) {
  return (
    <Card title="Files" flush>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col" data-right>
              Rows accepted
            </th>
            <th scope="col" data-right>
              Total accepted
            </th>
          </tr>
        </thead>
        <tbody>
          {receipts.map((receipt) => (
            <tr key={receipt.file}>
              <th scope="row">
                <span className="mono">{receipt.file}</span>
                <div className="dim small">
                  read <When at={receipt.readAt} />
                  {controlTexts[receipt.control]}
                </div>
                <NotAccepted receipt={receipt} />
              </th>
              <td data-right>
                <span className="num">
                  {countText(receipt.accepted)} of {countText(receipt.rows)}
                </span>
              </td>
              <td data-right>
                {Object.entries(receipt.totals).map(([currency, total]) => (
                  <div key={currency}>
                    <MoneyText money={{ amount: total, currency }} />
                  </div>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

const controlTexts: Readonly<Record<Receipt['control'], string>> = {
  'not stated': '',
  correct: ', rows and totals as stated',
  open: ', totals not compared while rows are refused',
  wrong: ', rows or totals not as stated',
};

function NotAccepted({ receipt: { rows, refused, waiting, notAccepted } }: { readonly receipt: Receipt }) {
  if (notAccepted.length === 0) return null;
  return (
    <details>
      <summary className="small">
        {rows === 0 ? 'nothing was read' : `${countText(refused)} refused, ${countText(waiting)} waiting`}
      </summary>
      <ul className="small">
        {notAccepted.map(({ line, reason, fix }) => (
          <li key={`${line} ${reason}`}>
            {line !== null && `Line ${line}: `}
            {reason} {fix}
          </li>
        ))}
      </ul>
    </details>
  );
}
