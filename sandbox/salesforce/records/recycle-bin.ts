import { rowError } from '#sandbox/salesforce/rest/api-error.ts';
import { adminUser } from '#sandbox/salesforce/bootstrap.ts';
import type { Org } from './org.ts';
import { Writer } from './writer.ts';

/**
 * Restores a deleted record from the bin, as a person does in Setup. @throws ApiError UNDELETE_FAILED when it
 * is not there.
 */
export function undelete(org: Org, id: string): void {
  const object = org.objectOfId(id);
  if (!object) throw rowError('MALFORMED_ID', `malformed id ${id}`);
  new Writer(org, org.schema(), { userId: adminUser(org).Id }, { origin: '' }).restore(object, id);
}

/**
 * Empties the recycle bin and with it the log that `getDeleted` reads. Returns the number of permanently
 * removed records.
 */
export function emptyBin(org: Org): number {
  let purged = 0;
  for (const object of org.schema().objects()) {
    for (const row of org.rows(object.name).values()) {
      if (!row['IsDeleted']) continue;
      org.purge(object, row.Id);
      org.store.remove('salesforce:#bin', row.Id);
      purged += 1;
    }
  }
  org.store.put('salesforce:#purge', 'org', { at: org.stamp() });
  return purged;
}
