import { Button, Skeleton } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import styles from './states.module.css';

interface EmptyStateProps {
  readonly title: string;
  /** The next step, or the reason why nothing needs to be done. */
  readonly children: ReactNode;
  readonly action?: ReactNode;
}

export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <div className={styles.state}>
      <h2 className={styles.title}>{title}</h2>
      <p className={styles.text}>{children}</p>
      {action}
    </div>
  );
}

export function FailureState({ error, retry }: { readonly error: Error; readonly retry: () => void }) {
  return (
    <div className={styles.state} role="alert">
      <h2 className={styles.title}>Loading failed</h2>
      <p className={styles.text}>{error.message}</p>
      <Button variant="default" onClick={retry}>
        Try again
      </Button>
    </div>
  );
}

export function Waiting({ rows = 6 }: { readonly rows?: number }) {
  return (
    <div className={styles.waiting} role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton
          key={index}
          height={index === 0 ? 22 : 34}
          width={index === 0 ? '34%' : '100%'}
          radius="sm"
        />
      ))}
    </div>
  );
}

/**
 * Shows a query while it loads, when it failed (with a retry button), and its data. A failed refresh does not
 * remove data.
 */
export function QueryView<T>({
  query,
  rows = 6,
  children,
}: {
  readonly query: UseQueryResult<T>;
  readonly rows?: number;
  readonly children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <FailureState error={query.error} retry={() => void query.refetch()} />;
  return <Waiting rows={rows} />;
}
