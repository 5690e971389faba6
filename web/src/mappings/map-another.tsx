import { Autocomplete, Button, Modal, Select, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { EmptyState } from '../ui/layout/states.tsx';
import { ModalActions } from '../ui/layout/modal-actions.tsx';
import { plain, sentence } from '../words.ts';
import { mappableOf, type Mappable, currentSourceOf } from './mappable.ts';
import type { Kind, ListedMapping } from './mapping-types.ts';
import { mappingPath } from './mappings-table.tsx';
import modalStyles from './modals.module.css';

/**
 * Opens an object that is not mapped yet: choose a connection, a kind of record and the object.
 */
export function MapAnother({ mappings }: { readonly mappings: readonly ListedMapping[] }) {
  const [asking, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button leftSection={<IconPlus size={16} stroke={2} />} onClick={open}>
        Map another object
      </Button>
      {asking && (
        <Modal
          opened
          onClose={close}
          title="Map another object"
          closeButtonProps={{ 'aria-label': 'Close' }}
          size="lg"
        >
          <Choice mappable={mappableOf(mappings)} onClose={close} />
        </Modal>
      )}
    </>
  );
}

function Choice({
  mappable,
  onClose,
}: {
  readonly mappable: readonly Mappable[];
  readonly onClose: () => void;
}) {
  const navigate = useNavigate();
  const [connectionId, setConnectionId] = useState(
    mappable.length === 1 ? (mappable[0]?.connectionId ?? null) : null,
  );
  const [kind, setKind] = useState<Kind | null>(null);
  const [object, setObject] = useState('');
  const chosen = mappable.find((one) => one.connectionId === connectionId);
  const goesBy = chosen?.kinds.find((one) => one.kind === kind);
  if (mappable.length === 0)
    return (
      <EmptyState title="No CRM is connected">Connect a CRM first. Then you can map its objects.</EmptyState>
    );
  const name = object.trim();
  const ready = chosen !== undefined && kind !== null && name !== '';
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void navigate(mappingPath({ connectionId: chosen.connectionId, object: name, kind }));
      }}
    >
      <Stack gap="sm">
        <Select
          label="Connection"
          data={mappable.map((one) => ({ value: one.connectionId, label: one.connection }))}
          value={connectionId}
          allowDeselect={false}
          data-autofocus={connectionId === null || undefined}
          onChange={(value) => {
            setConnectionId(value);
            setKind(null);
            setObject('');
          }}
        />
        <Select
          label="Kind of record"
          description="The kind of Fairway record that one record of the object becomes."
          data={(chosen?.kinds ?? []).map((one) => ({
            value: one.kind,
            label: `${sentence(plain(one.kind))} – ${currentSourceOf(one)}`,
          }))}
          value={kind}
          allowDeselect={false}
          disabled={!chosen}
          data-autofocus={connectionId !== null || undefined}
          onChange={(value) => {
            setKind(value as Kind | null);
            const found = chosen?.kinds.find((one) => one.kind === value);
            if (found && !found.enabled) setObject(found.object);
          }}
        />
        <Autocomplete
          label="Object"
          description={`Its API name in ${chosen?.connection ?? 'the CRM'}, such as ${chosen?.example ?? 'Account'}. Choose a known object or type any other.`}
          data={[...(chosen?.objects ?? [])]}
          value={object}
          disabled={kind === null}
          maxLength={255}
          onChange={setObject}
        />
        {goesBy?.enabled && name !== '' && name !== goesBy.object && (
          <p className={modalStyles.lead}>
            {sentence(plain(goesBy.kind))} currently uses {goesBy.object}; each kind uses one object at a
            time. After a mapping of {name} is approved, {goesBy.object} is no longer read.
          </p>
        )}
        <ModalActions onCancel={onClose}>
          <Button type="submit" disabled={!ready}>
            {name !== '' && name === goesBy?.object && goesBy.enabled
              ? 'Open its mapping'
              : 'Show its fields'}
          </Button>
        </ModalActions>
      </Stack>
    </form>
  );
}
