import { linksOf } from '#src/db/records/link-store.ts';
import type { StoredRegistration } from '#src/db/registrations/registration-store.ts';
import { reportProblems } from '#src/db/sync/problem-store.ts';
import type { Deps } from '#src/deps.ts';

/**
 * Reports approved values that cannot be written to the CRM, for each record there.
 *
 * @param fields the fields as people say them, such as `customer name, amount`
 */
export async function reportNotPutBack(
  deps: Deps,
  { id, number }: Pick<StoredRegistration, 'id' | 'number'>,
  fields: string,
): Promise<void> {
  for (const { connectionId, object, extId } of await linksOf(deps.db, 'registration', id)) {
    const failure = {
      class: 'mapping',
      code: 'not_put_back',
      message: `Registration ${number}: the approved ${fields} cannot be put back, because the mapping does not write it. A person decides about the edit.`,
      fix: `Let the mapping of registrations write ${fields} in both directions, or correct the record in the CRM.`,
    } as const;
    await reportProblems(
      deps.db,
      { source: 'map', connectionId, object },
      [{ id: deps.ids(), ref: extId, failure }],
      deps.clock(),
    );
  }
}
