import { useQuery } from '@tanstack/react-query';
import { QueryView } from '../../ui/layout/states.tsx';
import styles from './changes-list.module.css';
import { differenceQuery } from '../mapping-queries.ts';
import type { Place } from '../mapping-types.ts';

interface ChangesListProps {
  readonly place: Place;
  readonly from: number | 'live';
  readonly to: number | 'draft';
  readonly revision?: number | null;
}

const signs = { added: '+', removed: '−', changed: '~' } as const;

/** The differences between two versions, one sentence per change. */
export function ChangesList({ place, from, to, revision = null }: ChangesListProps) {
  const query = useQuery(differenceQuery(place, from, to, revision));
  return (
    <QueryView query={query} rows={3}>
      {({ lines }) =>
        lines.length === 0 ? (
          <p className={styles.none}>No differences.</p>
        ) : (
          <ul className={styles.list}>
            {lines.map(({ change, message }) => (
              <li key={message} data-change={change}>
                <span className={styles.sign} role="img" aria-label={change}>
                  {signs[change]}
                </span>
                {message}
              </li>
            ))}
          </ul>
        )
      }
    </QueryView>
  );
}
