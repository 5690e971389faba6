import { saveLeads } from '#src/db/records/lead-store.ts';
import { isTrue, textOf } from '#src/operations/records/field-values.ts';
import {
  extraColumn,
  referencedIds,
  type PlaceContext,
  type PlacingResult,
  type RecordToPlace,
} from './place-context.ts';

/**
 * Stores leads. A lead does not wait for the account and the opportunity that it refers to, because it can be
 * compared without them.
 */
export async function placeLeads(
  context: PlaceContext,
  records: readonly RecordToPlace[],
): Promise<PlacingResult> {
  const accounts = await referencedIds(context, records, { field: 'account', to: 'account' });
  const opportunities = await referencedIds(context, records, { field: 'opportunity', to: 'opportunity' });
  const extra = extraColumn(records);
  await saveLeads(
    context.tx,
    records.map(({ id, values }) => {
      const openedAt = textOf(values['openedAt']);
      return {
        id,
        company: textOf(values['company']),
        domain: textOf(values['domain']),
        emailDomain: textOf(values['emailDomain']),
        country: textOf(values['country']),
        accountId: accounts.get(textOf(values['account']) ?? '') ?? null,
        status: textOf(values['status']),
        isClosed: isTrue(values['isClosed']),
        isConverted: isTrue(values['isConverted']),
        opportunityId: opportunities.get(textOf(values['opportunity']) ?? '') ?? null,
        openedAt: openedAt === null ? null : new Date(openedAt),
        owner: textOf(values['owner']),
        deleted: false,
        ...extra(values),
      };
    }),
    context.preserved,
  );
  return { placed: records, failed: [], incomplete: [] };
}
