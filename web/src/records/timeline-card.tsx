import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { timelineQuery } from '../api/queries.ts';
import type { RecordKind } from '../api/types.ts';
import { Card } from '../ui/layout/page.tsx';
import { EmptyState, FailureState, Waiting } from '../ui/layout/states.tsx';
import { TimelineItem } from './timeline-item.tsx';
import styles from './timeline-card.module.css';

/** The timeline of a record, newest entry first. */
export function TimelineCard({ kind, id }: { readonly kind: RecordKind; readonly id: string }) {
  const query = useInfiniteQuery(timelineQuery(kind, id));
  const entries = query.data?.pages.flatMap((page) => page.entries);
  return (
    <Card title="Timeline" flush>
      {!entries && query.error && <FailureState error={query.error} retry={() => void query.refetch()} />}
      {!entries && !query.error && <Waiting rows={4} />}
      {entries?.length === 0 && (
        <EmptyState title="No entries yet">
          Changes in the CRM, decisions and writes will be shown here.
        </EmptyState>
      )}
      {entries && entries.length > 0 && (
        <ol className={styles.list}>
          {entries.map((entry) => (
            <TimelineItem key={entry.id} entry={entry} />
          ))}
        </ol>
      )}
      {query.hasNextPage && (
        <div className={styles.more}>
          <Button
            variant="subtle"
            size="compact-sm"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            Show earlier entries
          </Button>
        </div>
      )}
    </Card>
  );
}
