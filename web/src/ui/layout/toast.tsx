import { Button, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';

const undoMs = 10_000;

export function showToast(title: string, message: string): void {
  notifications.show({ title, message, color: 'harbour' });
}

export function showFailure(error: Error): void {
  notifications.show({ title: 'The action failed', message: error.message, color: 'red', autoClose: 8_000 });
}

/** A message with an Undo button for ten seconds. */
export function showToastWithUndo(title: string, message: string, undo: () => void): void {
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
