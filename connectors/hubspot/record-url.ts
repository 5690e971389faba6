import type { RecordPlace } from '#connectors/contract/registry-entry.ts';
import { textSetting } from '#connectors/contract/remote-system.ts';

/** Pages of these objects are addressed by type id, pages of custom objects by name. */
const pageTypeIds: Readonly<Record<string, string>> = { contacts: '0-1', companies: '0-2', deals: '0-3' };

export function hubspotRecordUrl({ settings, object, extId }: RecordPlace): string | null {
  const portal = textSetting(settings, 'portalId');
  if (portal === null) return null;
  // Only connections to the sandbox set an API address, and the sandbox also serves the pages.
  const base =
    textSetting(settings, 'basePath') ?? `https://${textSetting(settings, 'uiDomain') ?? 'app.hubspot.com'}`;
  const path = [portal, 'record', pageTypeIds[object] ?? object, extId].map(encodeURIComponent).join('/');
  return `${base.replace(/\/+$/, '')}/contacts/${path}`;
}
