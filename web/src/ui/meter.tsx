import type { ReactNode } from 'react';
import styles from './meter.module.css';

interface MeterProps {
  readonly label: string;
  /** The used amount as text. */
  readonly text: ReactNode;
  readonly value: number;
  readonly max: number;
  /** A reserved part at the end, drawn hatched. */
  readonly reserved?: number;
}

/** A bar for a used amount. Above the usable part it has the warning colour. */
export function Meter({ label, text, value, max, reserved = 0 }: MeterProps) {
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
        <span style={{ width: share(value) }} data-high={value >= max - reserved || undefined} />
        {reserved > 0 && <i style={{ width: share(reserved) }} />}
      </div>
    </div>
  );
}
