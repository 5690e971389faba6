import type { BudgetWindow, ConnectionDetail } from '../api/types.ts';
import { agoText, countText, percentText } from '../format.ts';
import { Card } from '../ui/layout/page.tsx';
import { Meter } from '../ui/meter.tsx';
import styles from './connection-page.module.css';
import { LimitsForm } from './limits-form.tsx';

/** The call limits of the vendor and of the customer, and how much of them is used. */
export function BudgetCard({ connection }: { readonly connection: ConnectionDetail }) {
  const day = connection.budget.find((one) => one.window === 'day');
  const short = connection.budget.filter((one) => one.window !== 'day');
  return (
    <Card title="Call limits">
      <div className={styles.list}>
        {connection.budget.length === 0 && (
          <p className={styles.note}>
            {connection.writable
              ? 'No calls counted yet. The next call shows the limit.'
              : 'This connection has no call limit.'}
          </p>
        )}
        {day && <Day day={day} />}
        {short.map((one) => (
          <Meter
            key={one.window}
            label={one.window === 'search' ? 'Searches' : 'In ten seconds'}
            text={
              blockedText(one) ??
              `${countText(one.used)} of ${countText(one.allowed)} in the last ten seconds`
            }
            value={Math.min(one.used, one.allowed)}
            max={one.allowed}
          />
        ))}
        {connection.writable && <LimitsForm connection={connection} />}
      </div>
    </Card>
  );
}

function Day({ day }: { readonly day: BudgetWindow }) {
  const limited = day.dailyLimit !== null;
  return (
    <>
      <Meter
        label="All callers"
        text={blockedText(day) ?? `${countText(day.used)} of ${countText(day.allowed)} calls today`}
        value={day.used}
        max={day.allowed}
        {...(limited ? {} : { reserved: day.reservedForPeople })}
      />
      {day.dailyLimit !== null && (
        <Meter
          label="Fairway"
          text={`${countText(day.usedByFairway)} of the ${countText(day.dailyLimit)} allowed for Fairway`}
          value={day.usedByFairway}
          max={day.dailyLimit}
          reserved={day.reservedForPeople}
        />
      )}
      <p className={styles.note}>
        {!limited && day.usedByFairway > 0 && `Fairway made ${countText(day.usedByFairway)} of them. `}
        {percentText(day.reservedForPeople, day.dailyLimit ?? day.allowed)} of today’s calls is reserved for
        writing people’s decisions.
      </p>
    </>
  );
}

function blockedText({ blockedUntil }: BudgetWindow, now = Date.now()): string | null {
  if (blockedUntil === null) return null;
  return Date.parse(blockedUntil) - now < 60_000
    ? 'paused for a moment'
    : `paused, continues ${agoText(blockedUntil, now)}`;
}
