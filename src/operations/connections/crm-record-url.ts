import type { RecordPlace } from '#connectors/contract/registry-entry.ts';
import type { SystemKind } from '#connectors/contract/remote-system.ts';
import { findSystem, type Systems } from '#connectors/contract/systems.ts';
import { shippedSystems } from '#connectors/registry.ts';

export interface CrmPlace extends RecordPlace {
  readonly kind: SystemKind;
}

/** The address of a record's page in its CRM. Null when the system has no such pages. */
export function crmRecordUrl(
  { kind, ...record }: CrmPlace,
  systems: Systems = shippedSystems,
): string | null {
  const entry = findSystem(systems, kind);
  return entry?.role === 'crm' ? entry.recordUrl(record) : null;
}
