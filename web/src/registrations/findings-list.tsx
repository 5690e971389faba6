import type { Finding } from '../api/types.ts';
import { Pill } from '../ui/pill.tsx';
import { ruleNames, type Tone } from '../words.ts';
import styles from './findings-list.module.css';

const effects: Readonly<Record<Finding['effect'], { readonly label: string; readonly tone: Tone }>> = {
  ask: { label: 'Information needed', tone: 'warn' },
  block: { label: 'Blocks', tone: 'bad' },
  review: { label: 'Review', tone: 'warn' },
  note: { label: 'Note', tone: 'quiet' },
};

/** The findings of the rules of engagement with their effects. */
export function FindingsList({ findings }: { readonly findings: readonly Finding[] }) {
  return (
    <ul className={styles.findings}>
      {findings.map((finding) => (
        <li key={`${finding.rule}-${finding.message}`}>
          <Pill tone={effects[finding.effect].tone}>{effects[finding.effect].label}</Pill>
          <span>
            <span className="dim">{ruleNames[finding.rule]}: </span>
            {finding.message}
          </span>
        </li>
      ))}
    </ul>
  );
}
