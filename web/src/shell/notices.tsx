import type { Me } from '../api/types.ts';
import styles from './notices.module.css';

/** The notices on every page, such as that there is only one admin. */
export function Notices({ me }: { readonly me: Me }) {
  if (me.notices.length === 0) return null;
  return (
    <ul className={styles.notices} aria-label="Notices">
      {me.notices.map(({ text }) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}
