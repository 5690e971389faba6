import { rowError } from '#sandbox/salesforce/rest/api-error.ts';
import { adminUser } from '#sandbox/salesforce/bootstrap.ts';
import type { Org } from './org.ts';
import type { ObjectDef } from './schema.ts';
import { Writer } from './writer.ts';

/**
 * Merges one or two accounts into a third, as a person does on the Accounts tab: what belonged to the losers
 * belongs to the master, and the losers go to the recycle bin with `MasterRecordId` saying where they went.
 * @throws ApiError when an id is no live account.
 */
export function mergeAccounts(org: Org, masterId: string, loserIds: readonly string[]): void {
  const account = org.schema().object('Account');
  if (!account) throw new Error('the org has no accounts');
  const writer = new Writer(
    org,
    org.schema(),
    { userId: adminUser(org).Id },
    { allowDuplicates: true, origin: '' },
  );
  try {
    writer.update(account, masterId, {});
    for (const loserId of loserIds) {
      if (loserId === masterId)
        throw rowError('INVALID_OPERATION', 'merge request must contain different ids');
      moveChildren(org, writer, account, loserId, masterId);
      writer.remove(account, loserId, { MasterRecordId: masterId });
    }
  } catch (error) {
    writer.rollBack();
    throw error;
  }
}

function moveChildren(org: Org, writer: Writer, parent: ObjectDef, fromId: string, toId: string): void {
  for (const child of org.schema().objects()) {
    const references = child.fields.filter((field) => field.referenceTo === parent.name && !field.readOnly);
    if (references.length === 0) continue;
    for (const row of org.rows(child.name).values()) {
      const held = references.filter((field) => row[field.name] === fromId);
      if (held.length === 0 || row['IsDeleted'] || row.Id === fromId) continue;
      writer.update(
        child,
        row.Id,
        Object.fromEntries(held.map((field) => [field.name, row.Id === toId ? null : toId])),
      );
    }
  }
}
