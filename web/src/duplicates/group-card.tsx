import { Button } from '@mantine/core';
import { Link } from 'react-router';
import { percentText, plural, valueText } from '../format.ts';
import { useMay } from '../shell/session.ts';
import { CrmLink } from '../ui/crm-link.tsx';
import { Card } from '../ui/layout/page.tsx';
import { Pill } from '../ui/pill.tsx';
import { plain, recordPath, sentence } from '../words.ts';
import type { Account, Duplicate, Group } from './duplicate-queries.ts';
import styles from './group-card.module.css';
import { pairsAmong, useDismissPairs } from './use-dismiss-pairs.ts';

/**
 * One group of duplicates: the survivor with the reason, and for each other account the evidence and the
 * differences.
 */
export function GroupCard({ group }: { readonly group: Group }) {
  const { survivor, survivorReason, others, partialMatches } = group;
  const accounts = [survivor, ...others];
  return (
    <Card title={<AccountName account={survivor} />} aside={<CrmLink record={survivor.crm} />} flush>
      <p className={styles.why}>
        <Pill tone="good">Survivor</Pill>
        <span>
          {survivorReason} <span className="dim">{about(survivor)}</span>
        </span>
      </p>
      <ul className={styles.others}>
        {others.map((one) => (
          <DuplicateItem
            key={one.id}
            one={one}
            survivor={survivor}
            rest={accounts.filter(({ id }) => id !== one.id)}
          />
        ))}
      </ul>
      <div className={styles.foot}>
        <PartialMatches accounts={partialMatches} />
        <NotDuplicates accounts={accounts} name={survivor.name} />
      </div>
    </Card>
  );
}

function AccountName({ account }: { readonly account: Pick<Account, 'id' | 'name'> }) {
  const path = recordPath('account', account.id);
  return path === null ? account.name : <Link to={path}>{account.name}</Link>;
}

function about({ isPartner, openOpportunities, registrations, filledFields }: Account): string {
  const facts = [
    isPartner ? 'a partner' : null,
    openOpportunities > 0 ? plural(openOpportunities, 'open opportunity', 'open opportunities') : null,
    registrations > 0 ? plural(registrations, 'registration') : null,
    `${plural(filledFields, 'field')} filled`,
  ];
  return `${sentence(facts.filter((fact) => fact !== null).join(', '))}.`;
}

interface DuplicateItemProps {
  readonly one: Duplicate;
  readonly survivor: Account;
  /** The other accounts of the group. */
  readonly rest: readonly Account[];
}

function DuplicateItem({ one, survivor, rest }: DuplicateItemProps) {
  return (
    <li className={styles.other}>
      <div className={styles.head}>
        <h3>
          <AccountName account={one} />
        </h3>
        <span className="small">
          <span className="num">{sureText(one.score)}</span> certain · <CrmLink record={one.crm} />
        </span>
      </div>
      <p className={styles.reasons}>
        {sentence(one.reasonsFor.join(', '))}
        {one.matchedThrough !== null && <span className="dim"> (compared with {one.matchedThrough})</span>}
        {one.reasonsAgainst.length > 0 && (
          <span className={styles.against}> Against: {one.reasonsAgainst.join(', ')}.</span>
        )}
      </p>
      <p className="small dim">{about(one)}</p>
      {one.isPartner && survivor.isPartner && (
        <p className={styles.warning}>Both are partners. Merge them only if they are paid as one company.</p>
      )}
      <div className={styles.more}>
        <Differences one={one} survivor={survivor} />
        {rest.length > 1 && <AnotherCompany one={one} rest={rest} />}
      </div>
    </li>
  );
}

/** Never shows 100 %. */
function sureText(score: number): string {
  return score > 0.99 ? 'over 99 %' : percentText(score, 1);
}

function Differences({ one, survivor }: { readonly one: Duplicate; readonly survivor: Account }) {
  if (one.differences.length === 0)
    return <span className="small dim">It has no value that differs from {survivor.name}.</span>;
  return (
    <details className={styles.details}>
      <summary>{plural(one.differences.length, 'field')} to choose between</summary>
      <div className={styles.scroll} role="region" aria-label={`Where ${one.name} differs`} tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Survivor</th>
              <th scope="col">This account</th>
            </tr>
          </thead>
          <tbody>
            {one.differences.map(({ field, survivorValue, otherValue }) => (
              <tr key={field}>
                <th scope="row">{sentence(plain(field))}</th>
                <td>{valueText(survivorValue) ?? <span className="dim">empty</span>}</td>
                <td>{valueText(otherValue) ?? <span className="dim">empty</span>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function PartialMatches({ accounts }: { readonly accounts: readonly Account[] }) {
  if (accounts.length === 0) return <span />;
  return (
    <p className="small">
      Also check these accounts, which match only part of the group:{' '}
      {accounts.map((account, at) => (
        <span key={account.id}>
          {at > 0 && ', '}
          <AccountName account={account} />
        </span>
      ))}
    </p>
  );
}

function AnotherCompany({ one, rest }: Pick<DuplicateItemProps, 'one' | 'rest'>) {
  const mayEdit = useMay('edit_records');
  const dismissPairs = useDismissPairs();
  if (!mayEdit) return null;
  const pairs = rest.map(({ id: rightId }) => ({ leftId: one.id, rightId }));
  const shown = namesOf([one, ...rest]);
  return (
    <Button
      size="xs"
      variant="default"
      loading={dismissPairs.isPending}
      onClick={() =>
        dismissPairs.mutate({ pairs, dismissed: true, shown, title: `${one.name} is another company` })
      }
    >
      Another company
    </Button>
  );
}

/** The content that a dismissal is about: the names that the page shows. */
function namesOf(accounts: readonly Account[]): Readonly<Record<string, string>> {
  return Object.fromEntries(accounts.map(({ id, name }) => [id, name]));
}

function NotDuplicates({ accounts, name }: { readonly accounts: readonly Account[]; readonly name: string }) {
  const mayEdit = useMay('edit_records');
  const dismissPairs = useDismissPairs();
  if (!mayEdit) return null;
  return (
    <Button
      size="xs"
      variant="default"
      aria-label={`Not duplicates: ${name}`}
      loading={dismissPairs.isPending}
      onClick={() =>
        dismissPairs.mutate({
          pairs: pairsAmong(accounts.map(({ id }) => id)),
          dismissed: true,
          shown: namesOf(accounts),
          title: 'No duplicates',
        })
      }
    >
      Not duplicates
    </Button>
  );
}
