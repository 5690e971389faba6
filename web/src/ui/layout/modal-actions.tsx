import type { ReactNode } from 'react';
import { Button, Group } from '@mantine/core';
import styles from './modal-actions.module.css';

/** The end of a modal: why it did not work, the way out, and the button it is there for. */
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
