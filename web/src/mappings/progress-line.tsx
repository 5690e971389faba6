import { Progress } from '@mantine/core';
import { countText } from '../format.ts';
import styles from './trial/side-panel.module.css';

interface ProgressLineProps {
  readonly progress: { readonly label: string; readonly done: number; readonly total: number | null } | null;
  /** The text before the job reports progress. */
  readonly fallback: string;
}

/** The progress of a job. */
export function ProgressLine({ progress, fallback }: ProgressLineProps) {
  const share = progress?.total ? Math.min(100, (progress.done / progress.total) * 100) : 100;
  return (
    <div className={styles.progress} role="status">
      <span>
        {progress ? progress.label : fallback}
        {progress && (
          <span className="num dim">
            {' '}
            {countText(progress.done)}
            {progress.total === null ? '' : ` of ${countText(progress.total)}`}
          </span>
        )}
      </span>
      <Progress
        value={share}
        animated={!progress?.total}
        striped={!progress?.total}
        aria-label={progress?.label ?? fallback}
      />
    </div>
  );
}
