import type { AccessCheck } from '#connectors/contract/remote-system.ts';
import type { InboxRules } from '#connectors/files/inbox-file.ts';
import { folderChecks } from './check-folders.ts';
import { inboxChecks } from './check-inbox.ts';

interface FilesPlace extends InboxRules {
  readonly inbox: string;
  readonly outbox: string;
}

/** Says whether the folders can be used and what would be read of the inbox now. Leaves nothing behind. */
export async function checkFilesAccess({
  inbox,
  outbox,
  ...rules
}: FilesPlace): Promise<readonly AccessCheck[]> {
  const folders = await folderChecks(inbox, outbox);
  const isReadable = folders.some(({ about, result }) => about === 'inbox' && result === 'ok');
  return [...folders, encodingCheck(rules), ...(isReadable ? await inboxChecks(inbox, rules) : [])];
}

function encodingCheck({ encoding }: InboxRules): AccessCheck {
  const message =
    encoding === undefined
      ? 'None is declared (--encoding): a file that is neither UTF-8 nor UTF-16 with a byte order mark is refused.'
      : `A file that is neither UTF-8 nor UTF-16 with a byte order mark is read as ${encoding}.`;
  return { about: 'encoding', result: 'ok', message, fix: null };
}
