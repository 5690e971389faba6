import type { Registration, RivalEntry } from '../api/types.ts';
import { RivalAnswer } from '../matching/rival-answer.tsx';
import { CrmLink } from '../ui/crm-link.tsx';
import { Card } from '../ui/layout/page.tsx';
import { sentence } from '../words.ts';
import { FindingsList } from './findings-list.tsx';
import styles from './rival-card.module.css';
import { rivalName, RivalTitle } from './rival-title.tsx';

const verdicts = { same: 'Same customer', related: 'Related', different: 'Different' } as const;
const levels = {
  exact: 'Identical',
  strong: 'Almost identical',
  close: 'Close',
  weak: 'Weak',
  different: 'Different',
  missing: 'Missing',
} as const;

/**
 * A competing registration, opportunity or earlier purchase, with its findings and the evidence for each
 * field.
 */
export function RivalCard({
  entry,
  registration,
}: {
  readonly entry: RivalEntry;
  readonly registration: Registration;
}) {
  const { rival, findings, crm } = entry;
  return (
    <Card
      title={<RivalTitle rival={rival} />}
      aside={
        <span className={styles.links}>
          {crm.map((record) => (
            <CrmLink key={`${record.connection}-${record.extId}`} record={record} />
          ))}
        </span>
      }
      flush
    >
      <FindingsList findings={findings} />
      <Evidence rival={rival} registration={registration} />
      <RivalAnswer
        registrationId={registration.id}
        rivalId={rival.id}
        rivalName={rival.kind === 'registration' ? rival.customerName : rival.accountName}
      />
    </Card>
  );
}

const columnNames = { opportunity: 'Opportunity', customer: 'Account', lead: 'Lead' } as const;

function Evidence({
  rival,
  registration,
}: {
  readonly rival: RivalEntry['rival'];
  readonly registration: Registration;
}) {
  const { match } = rival;
  const heaviest = Math.max(1, ...match.evidence.map((one) => Math.abs(one.weight)));
  return (
    <div
      className={styles.scroll}
      role="region"
      aria-label={`Evidence against ${rivalName(rival)}`}
      tabIndex={0}
    >
      <table className={styles.evidence}>
        <caption>
          <strong>{verdicts[match.verdict]}</strong>{' '}
          <span className="num">{Math.round(match.score * 100)} of 100</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">{registration.number}</th>
            <th scope="col">{rival.kind === 'registration' ? rival.number : columnNames[rival.kind]}</th>
            <th scope="col">Compares as</th>
            <th scope="col" className="right">
              Weight
            </th>
          </tr>
        </thead>
        <tbody>
          {match.evidence.map((one) => (
            <tr key={one.field}>
              <th scope="row">{sentence(one.field)}</th>
              <td>{one.left ?? <span className="dim">not given</span>}</td>
              <td>{one.right ?? <span className="dim">not given</span>}</td>
              <td className={styles.level} data-level={one.level}>
                {levels[one.level]}
              </td>
              <td className="right">
                <span className={styles.weight} data-against={one.weight < 0 || undefined}>
                  <span aria-hidden="true" style={{ width: `${(Math.abs(one.weight) / heaviest) * 40}px` }} />
                  <span className="num">
                    {one.weight > 0 ? `+${one.weight}` : String(one.weight).replace('-', '−')}
                  </span>
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
