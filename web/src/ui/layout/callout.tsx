import type { ReactNode } from 'react';
import styles from './callout.module.css';

/** A message that must be read before the rest of the page. */
export function Callout({
  tone,
  title,
  children,
}: {
  readonly tone: 'warn' | 'bad';
  readonly title: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section className={styles.callout} data-tone={tone} role="status">
      <h2>{title}</h2>
      {children}
    </section>
  );
}
