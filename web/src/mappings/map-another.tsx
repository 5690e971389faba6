import { Autocomplete, Button, Modal, Select, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { EmptyState } from '../ui/layout/states.tsx';
import { ModalActions } from '../ui/layout/modal-actions.tsx';
import { plain, sentence } from '../words.ts';
import { mappableOf, type Mappable, standingOf } from './mappable.ts';
import type { Kind, ListedMapping } from './mapping-types.ts';
import { mappingPath } from './mappings-table.tsx';
import modalStyles from './modals.module.css';

/**
 * The way to an object nobody has mapped yet: a connection, a kind of record, and which of its objects that
 * is.
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
      <EmptyState title="No CRM is connected">
        Connect Salesforce or HubSpot first; then its objects can be mapped.
      </EmptyState>
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
          description="What one of its records is to Fairway."
          data={(chosen?.kinds ?? []).map((one) => ({
            value: one.kind,
            label: `${sentence(plain(one.kind))} – ${standingOf(one)}`,
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
          description={`Its API name in ${chosen?.connection ?? 'the CRM'}, such as ${chosen?.example ?? 'Account'}: one of those known here, or any other.`}
          data={[...(chosen?.objects ?? [])]}
          value={object}
          disabled={kind === null}
          maxLength={255}
          onChange={setObject}
        />
        {goesBy?.enabled && name !== '' && name !== goesBy.object && (
          <p className={modalStyles.lead}>
            {sentence(plain(goesBy.kind))} goes by {goesBy.object} today, and one object at a time. That stays
            so until a mapping of {name} has been approved; then {goesBy.object} is not read any more.
          </p>
        )}
        <ModalActions onCancel={onClose}>
          <Button type="submit" disabled={!ready}>
            {name !== '' && name === goesBy?.object && goesBy.enabled
              ? 'Open its mapping'
              : 'Look at its fields'}
          </Button>
        </ModalActions>
      </Stack>
    </form>
  );
}
