import type { RunningRun } from '../api/types.ts';
import { agoText, countText } from '../format.ts';
import { Card } from '../ui/layout/page.tsx';
import { stageNames } from '../words.ts';
import styles from './run-progress.module.css';

const stages = Object.keys(stageNames);

/** The current run, stage by stage, with the progress of its jobs. */
export function RunProgress({ run }: { readonly run: RunningRun }) {
  const at = stages.indexOf(run.stage);
  const current = run.stages.find((one) => one.stage === run.stage);
  return (
    <Card title="Running" aside={<span className="dim">started {agoText(run.startedAt)}</span>}>
      <ol className={styles.stages}>
        {stages.map((stage, index) => (
          <li
            key={stage}
            data-state={index < at ? 'done' : index === at ? 'current' : 'ahead'}
            aria-current={index === at ? 'step' : undefined}
          >
            {stageNames[stage]}
          </li>
        ))}
      </ol>
      {current && current.steps.length > 0 && (
        <ul className={styles.steps} aria-live="polite">
          {current.steps.map((step) => (
            <li key={step.label}>
              <span>{step.label}</span>
              <span className="num dim">
                {countText(step.done)}
                {step.total !== null && ` of ${countText(step.total)}`}
              </span>
              <progress
                max={step.total ?? undefined}
                value={step.total === null ? undefined : step.done}
                aria-label={step.label}
              />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
