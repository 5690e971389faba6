import {
  IconAlertTriangle,
  IconArrowDownLeft,
  IconArrowUpRight,
  IconArrowsLeftRight,
  IconUser,
} from '@tabler/icons-react';
import type { ComponentType, ReactNode } from 'react';
import { Link } from 'react-router';
import type { TimelineEntry } from '../api/types.ts';
import { plural, valueText } from '../format.ts';
import { When } from '../ui/when.tsx';
import { actionText, plain, policyText, sentence, systemNames, type Tone } from '../words.ts';
import styles from './timeline-card.module.css';

type Of<Type extends TimelineEntry['type']> = Extract<TimelineEntry, { type: Type }>;

/** One entry of a record's timeline. */
export function TimelineItem({ entry }: { readonly entry: TimelineEntry }) {
  switch (entry.type) {
    case 'received':
      return <ReceivedItem entry={entry} />;
    case 'conflict':
      return <ConflictItem entry={entry} />;
    case 'write':
      return <WriteItem entry={entry} />;
    case 'problem':
      return <ProblemItem entry={entry} />;
    case 'action':
      return <ActionItem entry={entry} />;
  }
}

interface ItemProps {
  readonly entry: TimelineEntry;
  readonly Icon: ComponentType<{ size: number; stroke: number }>;
  readonly tone: Tone;
  readonly title: ReactNode;
  readonly children?: ReactNode;
}

function Item({ entry, Icon, tone, title, children }: ItemProps) {
  return (
    <li>
      <span className={styles.icon} data-tone={tone}>
        <Icon size={18} stroke={1.8} />
      </span>
      <div>
        <div className={styles.head}>
          <strong>{title}</strong>
          <span className="dim small">
            <When at={entry.at} />
          </span>
        </div>
        {children}
      </div>
    </li>
  );
}

const changeText: Readonly<Record<Of<'received'>['change'], string>> = {
  changed: 'changed it',
  deleted: 'deleted it',
  restored: 'restored it',
  merged: 'merged it into another record',
  erased: 'erased it for privacy',
};
const sources: Readonly<Record<Of<'received'>['via'], string>> = {
  read: 'read by scheduled sync',
  hint: 'received as a change event',
  scan: 'found by a full comparison',
  write: 'seen when Fairway wrote',
};

function ReceivedItem({ entry }: { readonly entry: Of<'received'> }) {
  return (
    <Item
      entry={entry}
      Icon={IconArrowDownLeft}
      tone={
        entry.isEcho ? 'quiet' : entry.change === 'changed' || entry.change === 'restored' ? 'info' : 'warn'
      }
      title={
        entry.isEcho ? `Confirmed in ${placeName(entry)}` : `${placeName(entry)} ${changeText[entry.change]}`
      }
    >
      <dl className={styles.changes}>
        {entry.changes.map(({ field, label, before, after }) => (
          <div key={field}>
            <dt title={field}>{label}</dt>
            <dd>
              <del>{before ?? 'empty'}</del> → {after ?? <span className="dim">empty</span>}
            </dd>
          </div>
        ))}
      </dl>
      <p className={`${styles.words} dim`}>
        {sentence(sources[entry.via])}; changed in the CRM <When at={entry.modifiedAt} />.
      </p>
    </Item>
  );
}

function ConflictItem({ entry }: { readonly entry: Of<'conflict'> }) {
  const { field, winner, policy, mappingVersion, decidedBy } = entry;
  const crm = crmName(entry);
  return (
    <Item
      entry={entry}
      Icon={IconArrowsLeftRight}
      tone={winner === null ? 'warn' : 'quiet'}
      title={resolvedTitle(entry, crm)}
    >
      <dl className={styles.sides}>
        <Side name="Before" value={entry.base} />
        <Side name={crm} value={entry.theirs} won={winner === 'crm'} />
        <Side name="Fairway" value={entry.ours} won={winner === 'fairway'} />
      </dl>
      <p className={`${styles.words} dim`}>
        Both sides changed the {plain(field)}.{' '}
        {decidedBy === null ? `Policy: ${policyText(policy, crm)}` : `${decidedBy} decided`} (mapping version{' '}
        {mappingVersion}). {winner === null && <Link to="/conflicts">Decide under Conflicts</Link>}
      </p>
    </Item>
  );
}

function resolvedTitle({ winner, field }: Of<'conflict'>, crm: string): string {
  if (winner === null) return `${sentence(plain(field))}: waiting for a decision`;
  return `${sentence(plain(field))}: ${winner === 'crm' ? crm : 'Fairway'} won`;
}

function Side({
  name,
  value,
  won = false,
}: {
  readonly name: string;
  readonly value: string | boolean | null;
  readonly won?: boolean;
}) {
  return (
    <div data-won={won || undefined}>
      <dt>{name}</dt>
      <dd>{valueText(value) ?? <span className="dim">empty</span>}</dd>
    </div>
  );
}

const writeStates: Readonly<Record<Of<'write'>['status'], { readonly title: string; readonly tone: Tone }>> =
  {
    done: { title: 'Written to', tone: 'good' },
    pending: { title: 'Waiting to be written to', tone: 'info' },
    dead: { title: 'Refused by', tone: 'bad' },
    superseded: { title: 'No longer needed in', tone: 'quiet' },
  };

function WriteItem({ entry }: { readonly entry: Of<'write'> }) {
  const state = writeStates[entry.status];
  return (
    <Item
      entry={entry}
      Icon={IconArrowUpRight}
      tone={state.tone}
      title={`${state.title} ${placeName(entry)}`}
    >
      <dl className={styles.changes}>
        {entry.fields.map(({ field, label, value }) => (
          <div key={field}>
            <dt title={field}>{label}</dt>
            <dd>{value ?? <span className="dim">empty</span>}</dd>
          </div>
        ))}
      </dl>
      {entry.failure && entry.status !== 'done' && (
        <p className={styles.refused}>
          {entry.failure.message} <code>{entry.failure.code}</code> {entry.failure.fix}
        </p>
      )}
      <p className={`${styles.words} dim`}>
        Mapping version {entry.mappingVersion}
        {entry.attempts > 1 && `, ${plural(entry.attempts, 'attempt')}`}.
      </p>
    </Item>
  );
}

const problemTitles: Readonly<Record<Of<'problem'>['source'], string>> = {
  pull: 'Could not be read',
  map: 'Could not be mapped completely',
  plan: 'The write could not be planned',
  write: 'Could not be written',
  connection: 'The connection failed',
};

function ProblemItem({ entry }: { readonly entry: Of<'problem'> }) {
  const open = entry.status === 'open';
  return (
    <Item
      entry={entry}
      Icon={IconAlertTriangle}
      tone={open ? 'bad' : 'quiet'}
      title={`${problemTitles[entry.source]}${open ? '' : ' – resolved'}`}
    >
      <p className={styles.words}>
        {entry.message} <code>{entry.code}</code>
      </p>
      {open && (
        <p className={styles.words}>
          <strong>What to do: </strong>
          {entry.fix}
        </p>
      )}
    </Item>
  );
}

function ActionItem({ entry }: { readonly entry: Of<'action'> }) {
  return (
    <Item
      entry={entry}
      Icon={IconUser}
      tone="quiet"
      title={`${entry.actor ?? 'Fairway'} ${actionText(entry.action)}`}
    >
      <dl className={styles.changes}>
        {entry.changes.map(({ field, before, after }) => (
          <div key={field}>
            <dt>{sentence(plain(field))}</dt>
            <dd>
              <del>{valueText(before) ?? 'empty'}</del> →{' '}
              {valueText(after) ?? <span className="dim">empty</span>}
            </dd>
          </div>
        ))}
      </dl>
      {entry.fields.length > 0 && (
        <p className={styles.words}>{sentence(entry.fields.map(plain).join(', '))}</p>
      )}
      {entry.reason !== null && <p className={`${styles.words} dim`}>{sentence(entry.reason)}</p>}
    </Item>
  );
}

function crmName({ connection }: TimelineEntry): string {
  return connection === null ? 'the CRM' : (systemNames[connection.system] ?? connection.name);
}

/** The connection's name, because two connections may have the same system. */
function placeName({ connection }: TimelineEntry): string {
  return connection?.name ?? 'The CRM';
}
