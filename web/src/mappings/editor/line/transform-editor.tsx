import { ActionIcon, Button, Select } from '@mantine/core';
import { IconArrowUp, IconX } from '@tabler/icons-react';
import { useEditor } from '../editor-context.ts';
import styles from './line-editor.module.css';
import type { LinePartProps } from './line-part.ts';
import { LookupTable } from './lookup-table.tsx';
import type { Step, TransformInfo } from '../../mapping-types.ts';
import { firstOptions, StepOptions } from './step-options.tsx';

/** The steps applied when a value is read. Writing reverses them from the last to the first. */
export function TransformEditor({ row, field, change }: LinePartProps) {
  const { transforms, editable } = useEditor();
  const steps = field.transform ?? [];
  const set = (next: readonly Step[]) =>
    change(({ transform: _, ...old }) => (next.length > 0 ? { ...old, transform: [...next] } : old));
  const infoOf = (step: Step): TransformInfo | undefined => transforms.find((one) => one.name === step.name);
  const choices = transforms.map(({ name, label }) => ({ value: name, label }));
  const fresh = (name: string): Step => ({
    name,
    ...firstOptions(
      transforms.find((one) => one.name === name),
      row,
    ),
  });
  return (
    <div className={styles.steps}>
      <span className={styles.label}>Transformation</span>
      {steps.length === 0 && (
        <p className={styles.hint}>None: the value is read by the type of the Fairway field.</p>
      )}
      {steps.map((step, index) => {
        const info = infoOf(step);
        const replace = (next: Step) => set(steps.map((one, at) => (at === index ? next : one)));
        return (
          <div key={`${index} ${step.name}`} className={styles.step}>
            <div className={styles.stepHead}>
              <Select
                aria-label={`Step ${index + 1}`}
                searchable
                data={choices}
                value={step.name}
                allowDeselect={false}
                onChange={(name) => name !== null && name !== step.name && replace(fresh(name))}
              />
              {editable && index > 0 && (
                <ActionIcon
                  variant="default"
                  aria-label={`Move step ${index + 1} up`}
                  onClick={() => set(steps.toSpliced(index - 1, 2, step, steps[index - 1] ?? step))}
                >
                  <IconArrowUp size={16} />
                </ActionIcon>
              )}
              {editable && (
                <ActionIcon
                  variant="default"
                  aria-label={`Remove step ${index + 1}`}
                  onClick={() => set(steps.toSpliced(index, 1))}
                >
                  <IconX size={16} />
                </ActionIcon>
              )}
            </div>
            {step.name !== 'lookup' && <p className={styles.hint}>{info?.help}</p>}
            {step.name === 'lookup' ? (
              <LookupTable step={step} row={row} onChange={replace} />
            ) : (
              info && <StepOptions step={step} info={info} onChange={replace} />
            )}
          </div>
        );
      })}
      {editable && (
        <Button
          size="compact-sm"
          variant="default"
          className={styles.addStep ?? ''}
          onClick={() => set([...steps, fresh(row.remote?.type === 'picklist' ? 'lookup' : 'trim')])}
        >
          {row.remote?.type === 'picklist' && steps.length === 0 ? 'Map value by value' : 'Add a step'}
        </Button>
      )}
    </div>
  );
}
