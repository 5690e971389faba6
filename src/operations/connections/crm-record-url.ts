import type { RemoteFields, SystemKind } from '#connectors/contract/crm.ts';

export interface CrmPlace {
  readonly kind: SystemKind;
  readonly settings: RemoteFields;
  readonly object: string;
  readonly extId: string;
}

/** HubSpot's pages go by type id; custom objects are reached by their name. */
const hubspotTypeIds: Readonly<Record<string, string>> = { contacts: '0-1', companies: '0-2', deals: '0-3' };

/** The address of a record's page in its CRM; null where there is none. */
export function crmRecordUrl({ kind, settings, object, extId }: CrmPlace): string | null {
  const id = encodeURIComponent(extId);
  switch (kind) {
    case 'salesforce': {
      // The login address is the same for all orgs; pages are at the org's own.
      const base = text(settings, 'instanceUrl') ?? text(settings, 'loginUrl');
      return base === null
        ? null
        : `${withoutSlash(base)}/lightning/r/${encodeURIComponent(object)}/${id}/view`;
    }
    case 'hubspot': {
      const portal = text(settings, 'portalId');
      // An API address of its own is a stand-in's, which serves the pages too.
      const base = withoutSlash(
        text(settings, 'basePath') ?? `https://${text(settings, 'uiDomain') ?? 'app.hubspot.com'}`,
      );
      return portal === null
        ? null
        : `${base}/contacts/${encodeURIComponent(portal)}/record/${encodeURIComponent(hubspotTypeIds[object] ?? object)}/${id}`;
    }
    case 'files':
      return null;
  }
}

function text(settings: RemoteFields, name: string): string | null {
  const value = settings[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
