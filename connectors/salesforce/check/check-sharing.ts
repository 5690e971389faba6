import { z } from 'zod';
import type { AccessCheck } from '#connectors/contract/remote-system.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { SalesforceClient } from '#connectors/salesforce/client.ts';
import { identifier, quoted } from '#connectors/salesforce/record.ts';

const recordsShape = z.object({ records: z.array(z.object({ Id: z.string(), Name: z.string().nullish() })) });
const accessShape = z.object({
  records: z.array(z.object({ RecordId: z.string(), HasEditAccess: z.boolean() })),
});

/** A query of rights names at most this many records. Source: Object Reference, UserRecordAccess. */
const mostRecords = 200;
const mostExamples = 3;

/**
 * Asks for the records that changed last whether sharing lets the integration user change them. Describing the object
 * does not show that: the user may change the object, but not these records.
 * @throws ConnectorError unless Salesforce does not show the rights or the object
 */
export async function sharingCheck(
  client: SalesforceClient,
  object: string,
): Promise<readonly AccessCheck[]> {
  const about = `sharing of ${object}`;
  try {
    const newest = `SELECT Id, Name FROM ${identifier(object)} ORDER BY LastModifiedDate DESC LIMIT ${mostRecords}`;
    const { records } = recordsShape.parse(await client.query(newest));
    if (records.length === 0) return [];
    const ids = records.map(({ Id }) => `'${quoted(Id)}'`).join(',');
    const user = quoted(await client.userId());
    const rights = `SELECT RecordId, HasEditAccess FROM UserRecordAccess WHERE UserId = '${user}' AND RecordId IN (${ids})`;
    const access = accessShape.parse(await client.query(rights));
    const editable = new Set(
      access.records.filter(({ HasEditAccess }) => HasEditAccess).map(({ RecordId }) => RecordId),
    );
    const locked = records.filter(({ Id }) => !editable.has(Id));
    if (locked.length === 0)
      return [
        {
          about,
          result: 'ok',
          message: `The ${records.length} that changed last can be changed.`,
          fix: null,
        },
      ];
    const examples = locked
      .slice(0, mostExamples)
      .map(({ Id, Name }) => `${Name ?? 'without a name'} (${Id})`);
    return [
      {
        about,
        result: 'degraded',
        message: `Of the ${records.length} ${object} records that changed last, the integration user may not change ${locked.length}, such as ${examples.join(', ')}. Fairway's fields are not written on them.`,
        fix: `Share them with the integration user for editing (Setup › Sharing Settings: a sharing rule with Read/Write for ${object}).`,
      },
    ];
  } catch (error) {
    if (!(error instanceof ConnectorError) || !notShown.has(error.failure.class)) throw error;
    const message = `Salesforce does not say which records can be changed: ${error.failure.message}`;
    return [{ about, result: 'degraded', message, fix: error.failure.fix }];
  }
}

const notShown: ReadonlySet<string> = new Set(['mapping', 'permission', 'gone']);
