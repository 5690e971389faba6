import { useQuery } from '@tanstack/react-query';
import { QueryView } from '../../ui/layout/states.tsx';
import styles from './changes-list.module.css';
import { useMay } from '../../shell/session.ts';
import { differenceQuery, examplesQuery } from '../mapping-queries.ts';
import type { LineExamples, Place } from '../mapping-types.ts';

interface ChangesListProps {
  readonly place: Place;
  readonly from: number | 'live';
  readonly to: number | 'draft';
  readonly revision?: number | null;
}

const signs = { added: '+', removed: '−', changed: '~' } as const;

/** The differences between two versions: one sentence per change, and what it does to three real records. */
export function ChangesList({ place, from, to, revision = null }: ChangesListProps) {
  const query = useQuery(differenceQuery(place, from, to, revision));
  const mayDraft = useMay('draft_mappings');
  const examples = useQuery({ ...examplesQuery(place, from, to, revision), enabled: mayDraft });
  return (
    <QueryView query={query} rows={3}>
      {({ lines }) =>
        lines.length === 0 ? (
          <p className={styles.none}>No differences.</p>
        ) : (
          <ul className={styles.list}>
            {lines.map(({ change, message, local, remote }) => (
              <li key={message} data-change={change}>
                <span className={styles.sign} role="img" aria-label={change}>
                  {signs[change]}
                </span>
                <div>
                  {message}
                  {local !== null && (
                    <Examples
                      line={examples.data?.lines.find(
                        (line) => line.local === local && line.remote === remote,
                      )}
                    />
                  )}
                </div>
              </li>
            ))}
            {examples.data?.problem && (
              <li className={styles.none}>No values of real records: {examples.data.problem}</li>
            )}
          </ul>
        )
      }
    </QueryView>
  );
}

const shown = (value: string | null) => (value === null ? 'empty' : `“${value}”`);

/** Up to three real records with the value before and after. */
function Examples({ line }: { readonly line: LineExamples['lines'][number] | undefined }) {
  if (!line || line.examples.length === 0) return null;
  return (
    <ul className={styles.examples} aria-label={`Values of ${line.local}`}>
      {line.examples.map(({ ref, before, after }) => (
        <li key={ref}>
          <span className="dim">{ref}</span> {shown(before)} → {shown(after)}
        </li>
      ))}
    </ul>
  );
}
