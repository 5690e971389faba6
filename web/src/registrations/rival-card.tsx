import { Link } from 'react-router';
import type { Registration, RivalEntry } from '../api/types.ts';
import { dayText, stampText } from '../format.ts';
import { CrmLink } from '../ui/crm-link.tsx';
import { Card } from '../ui/page.tsx';
import { Pill } from '../ui/pill.tsx';
import { registrationStatus, ruleNames, sentence, type Tone } from '../words.ts';
import styles from './rival-card.module.css';

const effects: Readonly<Record<RivalEntry['findings'][number]['effect'], { readonly label: string; readonly tone: Tone }>> = {
  block: { label: 'Blocks', tone: 'bad' },
  review: { label: 'Needs you', tone: 'warn' },
  note: { label: 'Note', tone: 'quiet' },
};
const verdicts = { same: 'Same customer', related: 'Related', different: 'Different' } as const;
const levels = {
  exact: 'Identical',
  strong: 'Almost identical',
  close: 'Close',
  weak: 'Weak',
  different: 'Different',
  missing: 'Missing',
} as const;

/** A competing claim: what the rules say of it, and the evidence field by field. */
export function RivalCard({ entry, registration }: { readonly entry: RivalEntry; readonly registration: Registration }) {
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
      <ul className={styles.findings}>
        {findings.map((finding) => (
          <li key={`${finding.rule}-${finding.says}`}>
            <Pill tone={effects[finding.effect].tone}>{effects[finding.effect].label}</Pill>
            <span>
              <span className="dim">{ruleNames[finding.rule]}: </span>
              {finding.says}
            </span>
          </li>
        ))}
      </ul>
      <Evidence rival={rival} registration={registration} />
    </Card>
  );
}

function RivalTitle({ rival }: { readonly rival: RivalEntry['rival'] }) {
  if (rival.kind === 'opportunity') {
    return (
      <span className={styles.title}>
        Opportunity “{rival.name}”
        <span className={styles.about}>
          {rival.accountName}
          {rival.stage !== null && `, ${rival.stage}`}
          {rival.openedAt !== null && `, opened ${dayText(rival.openedAt.slice(0, 10))}`}
        </span>
      </span>
    );
  }
  return (
    <span className={styles.title}>
      <span>
        <Link to={`/registrations/${rival.id}`}>{rival.number}</Link> by {rival.partnerName}
      </span>
      <span className={styles.about}>
        {rival.status === 'submitted' ? 'Submitted' : `${registrationStatus[rival.status].label}, submitted`}{' '}
        <time title={stampText(rival.submittedAt)}>{dayText(rival.submittedAt.slice(0, 10))}</time>
        {rival.protectedUntil !== null && `, protected until ${dayText(rival.protectedUntil)}`}
        {rival.productFamily !== null && `, ${rival.productFamily}`}
      </span>
    </span>
  );
}

function Evidence({ rival, registration }: { readonly rival: RivalEntry['rival']; readonly registration: Registration }) {
  const { match } = rival;
  const heaviest = Math.max(1, ...match.evidence.map((one) => Math.abs(one.weight)));
  return (
    <div
      className={styles.scroll}
      role="region"
      aria-label={`Evidence against ${rival.kind === 'registration' ? rival.number : rival.name}`}
      tabIndex={0}
    >
      <table className={styles.evidence}>
        <caption>
          <strong>{verdicts[match.verdict]}</strong> <span className="num">{Math.round(match.score * 100)} of 100</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">{registration.number}</th>
            <th scope="col">{rival.kind === 'registration' ? rival.number : 'Opportunity'}</th>
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
                  <span className="num">{one.weight > 0 ? `+${one.weight}` : String(one.weight).replace('-', '−')}</span>
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
