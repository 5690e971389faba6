import { ActionIcon, Button, FileButton, Menu, Modal, Stack, Textarea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDots } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, expectAnswer } from '../../api/client.ts';
import { useMay } from '../../shell/session.ts';
import { ModalActions } from '../../ui/layout/modal-actions.tsx';
import { showToast, showFailure } from '../../ui/layout/toast.tsx';
import { at } from '../mapping-queries.ts';
import type { MappingPage, Place } from '../mapping-types.ts';
import styles from '../modals.module.css';
import type { Draft } from '../editor/use-draft.ts';

interface YamlMenuProps {
  readonly place: Place;
  readonly page: MappingPage;
  readonly draft: Draft;
}

/** Export and import of the mapping as YAML, and discarding a draft. */
export function YamlMenu({ place, page, draft }: YamlMenuProps) {
  const mayDraft = useMay('draft_mappings');
  const [importing, importer] = useDisclosure(false);
  const [discarding, discarder] = useDisclosure(false);
  const save = useMutation({
    mutationFn: (version: number) => download(place, version),
    onError: showFailure,
  });
  const { live } = page;
  const { saved } = draft;
  const waits = page.open?.status === 'submitted';
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={30} aria-label="More">
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {live && (
            <Menu.Item onClick={() => save.mutate(live.version)}>
              Export version {live.version} as YAML
            </Menu.Item>
          )}
          {saved && (
            <Menu.Item onClick={() => void draft.flush().then((ok) => ok && save.mutate(saved.version))}>
              Export this {waits ? 'version' : 'draft'} as YAML
            </Menu.Item>
          )}
          {mayDraft && !waits && <Menu.Item onClick={importer.open}>Import YAML…</Menu.Item>}
          {mayDraft && saved && !waits && (
            <Menu.Item color="red" onClick={discarder.open}>
              Discard the draft…
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {importing && <ImportModal place={place} draft={draft} onClose={importer.close} />}
      {discarding && <DiscardModal place={place} draft={draft} onClose={discarder.close} />}
    </>
  );
}

async function download(place: Place, version: number): Promise<void> {
  const { path, query } = at(place);
  const { name, yaml } = await expectAnswer(
    api.GET('/api/mappings/{connectionId}/{object}/versions/{version}/yaml', {
      params: { path: { ...path, version }, query },
    }),
  );
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([yaml], { type: 'application/yaml' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

interface YamlModalProps {
  readonly place: Place;
  readonly draft: Draft;
  readonly onClose: () => void;
}

function ImportModal({ place, draft, onClose }: YamlModalProps) {
  const [yaml, setYaml] = useState('');
  const { saved } = draft;
  const load = useMutation({
    mutationFn: async () => {
      if (saved === null) {
        const { path, query } = at(place);
        return expectAnswer(
          api.POST('/api/mappings/{connectionId}/{object}/draft', {
            params: { path },
            body: { ...query, yaml },
          }),
        );
      }
      const { revision } = saved;
      return expectAnswer(
        api.PUT('/api/mappings/{connectionId}/{object}/draft', {
          params: at(place),
          body: { yaml, revision },
        }),
      );
    },
    onSuccess: async ({ version, problems }) => {
      await draft.reload();
      showToast(
        `Version ${version} is imported as a draft`,
        problems.length === 0 ? 'No errors.' : 'Errors are marked in the fields.',
      );
      onClose();
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title="Import YAML"
      closeButtonProps={{ 'aria-label': 'Close' }}
      size="lg"
    >
      <Stack gap="sm">
        <p className={styles.lead}>
          {saved ? 'The file replaces this draft.' : 'The file becomes a draft.'} Nothing changes until it is
          approved.
        </p>
        <FileButton accept=".yaml,.yml" onChange={(file) => void file?.text().then(setYaml)}>
          {(props) => (
            <Button variant="default" {...props}>
              Choose a file
            </Button>
          )}
        </FileButton>
        <Textarea
          label="Or paste it"
          autosize
          minRows={6}
          maxRows={16}
          classNames={{ input: 'mono' }}
          value={yaml}
          onChange={(event) => setYaml(event.currentTarget.value)}
        />
        <ModalActions onCancel={onClose} error={load.error}>
          <Button disabled={yaml.trim() === ''} loading={load.isPending} onClick={() => load.mutate()}>
            Import
          </Button>
        </ModalActions>
      </Stack>
    </Modal>
  );
}

function DiscardModal({ place, draft, onClose }: YamlModalProps) {
  const queries = useQueryClient();
  const discard = useMutation({
    mutationFn: async () => {
      // Waits for a running save, which would otherwise create the draft again.
      await draft.flush();
      const { path, query } = at(place);
      const revision = draft.revision() ?? 0;
      return expectAnswer(
        api.DELETE('/api/mappings/{connectionId}/{object}/draft', {
          params: { path, query: { ...query, revision } },
        }),
      );
    },
    onSuccess: async () => {
      await draft.reload();
      await queries.invalidateQueries({ queryKey: ['mapping'] });
      showToast('Draft discarded', 'The live version did not change.');
      onClose();
    },
    onError: showFailure,
  });
  return (
    <Modal opened onClose={onClose} title="Discard the draft?" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack gap="sm">
        <p className={styles.lead}>
          This deletes all changes since the live version, including those of other people. It cannot be
          undone. Export the draft first to keep it.
        </p>
        <ModalActions cancel="Keep draft" onCancel={onClose}>
          <Button color="red.9" loading={discard.isPending} onClick={() => discard.mutate()}>
            Discard the draft
          </Button>
        </ModalActions>
      </Stack>
    </Modal>
  );
}
