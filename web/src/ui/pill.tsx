import type { ReactNode } from 'react';
import type { Tone } from '../words.ts';
import styles from './pill.module.css';

/** A state in a word. The dot repeats the tone, the word carries the meaning. */
export function Pill({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return (
    <span className={styles.pill} data-tone={tone}>
      {children}
    </span>
  );
}
