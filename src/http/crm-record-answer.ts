import type { z } from 'zod';
import type { CrmRecord } from '#src/db/sync/write-back-view.ts';
import { crmRecordUrl } from '#src/operations/connections/crm-record-url.ts';
import type { crmRecord } from './schema.ts';

export function crmRecordAnswer(
  row: Omit<CrmRecord, 'recordId' | 'connectionId'>,
): z.infer<typeof crmRecord> {
  const { connectionName, connectionKind, settings, object, extId } = row;
  return {
    connection: connectionName,
    system: connectionKind,
    object,
    extId,
    url: crmRecordUrl({ kind: connectionKind, settings, object, extId }),
  };
}
