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

/** One thing that happened to a record. */
export function TimelineItem({ entry }: { readonly entry: TimelineEntry }) {
  switch (entry.type) {
    case 'came':
      return <Came entry={entry} />;
    case 'resolved':
      return <Resolved entry={entry} />;
    case 'sent':
      return <Sent entry={entry} />;
    case 'problem':
      return <Troubled entry={entry} />;
    case 'act':
      return <Acted entry={entry} />;
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

const happened: Readonly<Record<Of<'came'>['change'], string>> = {
  changed: 'changed it',
  deleted: 'no longer has it',
  restored: 'has it again',
  merged: 'merged it into another record',
  erased: 'erased it for privacy',
};
const learnt: Readonly<Record<Of<'came'>['via'], string>> = {
  read: 'read by a run',
  hint: 'heard at once',
  scan: 'found when everything was compared',
  write: 'learnt from a write',
};

function Came({ entry }: { readonly entry: Of<'came'> }) {
  return (
    <Item
      entry={entry}
      Icon={IconArrowDownLeft}
      tone={
        entry.isEcho ? 'quiet' : entry.change === 'changed' || entry.change === 'restored' ? 'info' : 'warn'
      }
      title={`${placeName(entry)} ${entry.isEcho ? 'shows what Fairway wrote' : happened[entry.change]}`}
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
        {sentence(learnt[entry.via])}; the CRM dates it <When at={entry.modifiedAt} />.
      </p>
    </Item>
  );
}

function Resolved({ entry }: { readonly entry: Of<'resolved'> }) {
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
        {decidedBy === null ? `The rule: ${policyText(policy, crm)}` : `${decidedBy} decided`} (mapping
        version {mappingVersion}). {winner === null && <Link to="/conflicts">Answer it under Conflicts</Link>}
      </p>
    </Item>
  );
}

function resolvedTitle({ winner, field }: Of<'resolved'>, crm: string): string {
  if (winner === null) return `${sentence(plain(field))}: a person is asked`;
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

const writeStates: Readonly<Record<Of<'sent'>['status'], { readonly words: string; readonly tone: Tone }>> = {
  done: { words: 'took what Fairway wrote', tone: 'good' },
  pending: { words: 'is to be told', tone: 'info' },
  dead: { words: 'refused what Fairway wrote', tone: 'bad' },
  superseded: { words: 'need not be told any more', tone: 'quiet' },
};

function Sent({ entry }: { readonly entry: Of<'sent'> }) {
  const state = writeStates[entry.status];
  return (
    <Item
      entry={entry}
      Icon={IconArrowUpRight}
      tone={state.tone}
      title={`${placeName(entry)} ${state.words}`}
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
        By mapping version {entry.mappingVersion}
        {entry.attempts > 1 && `, ${plural(entry.attempts, 'attempt')}`}.
      </p>
    </Item>
  );
}

const troubles: Readonly<Record<Of<'problem'>['source'], string>> = {
  pull: 'It could not be read',
  map: 'It could not be placed whole',
  plan: 'What to write could not be made out',
  write: 'It could not be written',
  connection: 'The connection had trouble',
};

function Troubled({ entry }: { readonly entry: Of<'problem'> }) {
  const open = entry.status === 'open';
  return (
    <Item
      entry={entry}
      Icon={IconAlertTriangle}
      tone={open ? 'bad' : 'quiet'}
      title={`${troubles[entry.source]}${open ? '' : ', and now could be'}`}
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

function Acted({ entry }: { readonly entry: Of<'act'> }) {
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

/** By the connection's own name: there may be two of one system. */
function placeName({ connection }: TimelineEntry): string {
  return connection?.name ?? 'The CRM';
}
