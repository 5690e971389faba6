import { Button, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';

const undoMs = 10_000;

export function tell(title: string, message: string): void {
  notifications.show({ title, message, color: 'harbour' });
}

export function tellFailure(error: Error): void {
  notifications.show({ title: 'That did not work', message: error.message, color: 'red', autoClose: 8_000 });
}

/** Says what was done, with a way back for ten seconds. */
export function tellWithUndo(title: string, message: string, undo: () => void): void {
  const id = notifications.show({
    title,
    color: 'harbour',
    autoClose: undoMs,
    message: (
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <span>{message}</span>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => {
            notifications.hide(id);
            undo();
          }}
        >
          Undo
        </Button>
      </Group>
    ),
  });
}
