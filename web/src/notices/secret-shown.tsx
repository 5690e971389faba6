import { Button, CopyButton, Group, Stack } from '@mantine/core';
import styles from './secret-shown.module.css';

/** The secret of an endpoint. It is shown once, because it is stored encrypted. */
export function SecretShown({ secret, onClose }: { readonly secret: string; readonly onClose: () => void }) {
  return (
    <Stack gap="sm">
      <p className={styles.says}>
        This secret signs every request. Store it in the receiving system now: it is not shown again.
      </p>
      <code className={styles.secret}>{secret}</code>
      <Group justify="flex-end" gap="xs">
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? 'Copied' : 'Copy secret'}
            </Button>
          )}
        </CopyButton>
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  );
}
