import type { RecordPlace } from '#connectors/contract/registry-entry.ts';
import { textSetting } from '#connectors/contract/remote-system.ts';

/** The login address is the same for all orgs, but the pages are at the org's own address. */
export function salesforceRecordUrl({ settings, object, extId }: RecordPlace): string | null {
  const base = textSetting(settings, 'instanceUrl') ?? textSetting(settings, 'loginUrl');
  if (base === null) return null;
  const path = `${encodeURIComponent(object)}/${encodeURIComponent(extId)}`;
  return `${base.replace(/\/+$/, '')}/lightning/r/${path}/view`;
}
