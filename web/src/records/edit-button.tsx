import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPencil } from '@tabler/icons-react';
import { useMay } from '../shell/session.ts';
import { EditModal } from './edit-modal.tsx';
import type { EditedRecord } from './use-edit.ts';

/** A button for the edit form; absent when no field can be edited. */
export function EditButton({ record }: { readonly record: EditedRecord }) {
  const [opened, { open, close }] = useDisclosure(false);
  const may = useMay('edit_records');
  if (!may || record.editable.length === 0) return null;
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        leftSection={<IconPencil size={14} stroke={1.8} />}
        onClick={open}
      >
        Edit
      </Button>
      {/* A new form each time, so that it starts with the present values. */}
      {opened && <EditModal record={record} onClose={close} />}
    </>
  );
}
