import type { ReactNode } from 'react';
import { Button, Group } from '@mantine/core';
import styles from './modal-actions.module.css';

/** The end of a dialog: its error, Cancel, and the main button. */
export function ModalActions({
  cancel = 'Cancel',
  onCancel,
  error = null,
  children,
}: {
  readonly cancel?: string;
  readonly onCancel: () => void;
  readonly error?: Error | null;
  readonly children: ReactNode;
}) {
  return (
    <>
      {error && (
        <p className={styles.failure} role="alert">
          {error.message}
        </p>
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onCancel}>
          {cancel}
        </Button>
        {children}
      </Group>
    </>
  );
}
