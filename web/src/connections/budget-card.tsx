import type { BudgetWindow, ConnectionDetail } from '../api/types.ts';
import { agoText, countText, percentText } from '../format.ts';
import { Card } from '../ui/layout/page.tsx';
import { Meter } from '../ui/meter.tsx';
import styles from './connection-page.module.css';
import { LimitsForm } from './limits-form.tsx';

/** What the vendor and the customer allow, and what is left of it. */
export function BudgetCard({ connection }: { readonly connection: ConnectionDetail }) {
  const day = connection.budget.find((one) => one.window === 'day');
  const short = connection.budget.filter((one) => one.window !== 'day');
  return (
    <Card title="Calls">
      <div className={styles.list}>
        {connection.budget.length === 0 && (
          <p className={styles.note}>
            {connection.writable
              ? 'Nothing was counted yet: the next call tells.'
              : 'Reading this costs no calls.'}
          </p>
        )}
        {day && <Day day={day} />}
        {short.map((one) => (
          <Meter
            key={one.window}
            label={one.window === 'search' ? 'Searches' : 'In a burst'}
            text={
              held(one) ??
              `${countText(one.used)} in the last ten seconds; ${countText(one.allowed)} allowed at once`
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
        text={held(day) ?? `${countText(day.used)} of ${countText(day.allowed)} calls today`}
        value={day.used}
        max={day.allowed}
        {...(limited ? {} : { kept: day.reservedForPeople })}
      />
      {day.dailyLimit !== null && (
        <Meter
          label="Fairway"
          text={`${countText(day.usedByFairway)} of the ${countText(day.dailyLimit)} you allot`}
          value={day.usedByFairway}
          max={day.dailyLimit}
          kept={day.reservedForPeople}
        />
      )}
      <p className={styles.note}>
        {!limited && day.usedByFairway > 0 && `Fairway made ${countText(day.usedByFairway)} of them. `}
        {percentText(day.reservedForPeople, day.dailyLimit ?? day.allowed)} is kept for people’s decisions.
      </p>
    </>
  );
}

function held({ blockedUntil }: BudgetWindow, now = Date.now()): string | null {
  if (blockedUntil === null) return null;
  return Date.parse(blockedUntil) - now < 60_000
    ? 'held back for a moment'
    : `held back, goes on ${agoText(blockedUntil, now)}`;
}
