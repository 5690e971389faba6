import type { FastifyRequest } from 'fastify';
import { toId18 } from '#sandbox/salesforce/records/ids.ts';
import { ApiError } from './api-error.ts';
import type { Api } from './api.ts';

const mostRecords = 200;

/** True for a query of the rights of one user on given records. */
export const asksForRecordAccess = (soql: string): boolean => /\bFROM\s+UserRecordAccess\b/i.test(soql);

/**
 * The rights of one user on up to 200 records. Nothing is stored: the answer follows from permissions and sharing.
 * Source: Object Reference, UserRecordAccess: the filter names the user and the records.
 * @throws ApiError MALFORMED_QUERY
 */
export function recordAccess(api: Api, request: FastifyRequest, soql: string): readonly object[] {
  const userId = toId18(/\bUserId\s*=\s*'(\w+)'/i.exec(soql)?.[1]);
  const list = /\bRecordId\s+IN\s*\(([^)]*)\)/i.exec(soql)?.[1] ?? '';
  const ids = [...list.matchAll(/'(\w+)'/g)].flatMap(([, id]) => toId18(id) ?? []);
  if (userId === null || ids.length === 0 || ids.length > mostRecords)
    throw new ApiError(
      400,
      'MALFORMED_QUERY',
      'UserRecordAccess needs a filter by UserId and by at most 200 RecordId.',
    );
  const { version } = request.params as { version: string };
  const schema = api.org.schemaFor(userId);
  return ids.map((RecordId) => {
    const object = api.org.objectOfId(RecordId);
    const row = object && api.org.row(object.name, RecordId);
    const seen = object && schema.object(object.name);
    const HasReadAccess = Boolean(seen && row && schema.sees(seen, row));
    const HasEditAccess =
      HasReadAccess && seen?.editable !== false && Boolean(row && seen && schema.changes(seen, row));
    return {
      attributes: {
        type: 'UserRecordAccess',
        url: `/services/data/${version}/sobjects/UserRecordAccess/${RecordId}`,
      },
      RecordId,
      HasReadAccess,
      HasEditAccess,
    };
  });
}
