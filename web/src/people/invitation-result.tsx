import { Button, CopyButton, Group, Stack } from '@mantine/core';
import type { Invited } from '../api/types.ts';
import styles from './invite-modal.module.css';

interface InvitationResultProps {
  readonly invited: Invited;
  readonly onClose: () => void;
}

/** Says where the link is. It is shown once, because only its hash is stored. */
export function InvitationResult({ invited, onClose }: InvitationResultProps) {
  const { person, delivery, link } = invited;
  return (
    <Stack gap="sm">
      {delivery === 'mailed' && (
        <p className={styles.says}>
          The sign-in link was sent to {person.email}. It works once, within 30 minutes.
        </p>
      )}
      {delivery === 'waits' && (
        <p className={styles.says}>
          Ask a second admin to open the People page and choose “Get sign-in link” for {person.name}. You are
          not shown it, so that one person alone never acts as two.
        </p>
      )}
      {link !== null && (
        <>
          <p className={styles.says}>
            Send this link to {person.name} over a channel you trust. It works once, within 30 minutes, and is
            not shown again.
          </p>
          <code className={styles.link}>{link}</code>
        </>
      )}
      <Group justify="flex-end" gap="xs">
        {link !== null && (
          <CopyButton value={link}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? 'Copied' : 'Copy link'}
              </Button>
            )}
          </CopyButton>
        )}
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  );
}
