import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPencil } from '@tabler/icons-react';
import { useMay } from '../shell/session.ts';
import { EditModal } from './edit-modal.tsx';
import type { EditedRecord } from './use-edit.ts';

/** Opens the form for what may be changed here, where something may. */
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
      {/* Made anew each time, so that it begins with what the record says now. */}
      {opened && <EditModal record={record} onClose={close} />}
    </>
  );
}
