import type { ReactNode } from 'react';
import styles from './meter.module.css';

interface MeterProps {
  readonly label: string;
  /** How much is used, in words. */
  readonly text: ReactNode;
  readonly value: number;
  readonly max: number;
  /** A part at the end that is kept for something else, hatched. */
  readonly kept?: number;
}

/** How much of something is used up. Past what may be used it takes the colour of a warning. */
export function Meter({ label, text, value, max, kept = 0 }: MeterProps) {
  const share = (part: number) => `${Math.min(100, (part / Math.max(1, max)) * 100)}%`;
  return (
    <div className={styles.meter}>
      <div className={styles.row}>
        <span>{label}</span>
        <span className="num">{text}</span>
      </div>
      <div
        className={styles.bar}
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={max}
        aria-valuenow={Math.min(value, max)}
      >
        <span style={{ width: share(value) }} data-high={value >= max - kept || undefined} />
        {kept > 0 && <i style={{ width: share(kept) }} />}
      </div>
    </div>
  );
}
