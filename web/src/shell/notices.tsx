import { useNetwork } from '@mantine/hooks';
import type { Me } from '../api/types.ts';
import styles from './notices.module.css';

const offline = 'You are offline. What you see may be out of date, and nothing can be saved.';

/** The notices on every page, such as that there is only one admin. */
export function Notices({ me }: { readonly me: Me }) {
  const { online } = useNetwork();
  const texts = [...(online ? [] : [offline]), ...me.notices.map(({ text }) => text)];
  if (texts.length === 0) return null;
  return (
    <ul className={styles.notices} aria-label="Notices">
      {texts.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}
