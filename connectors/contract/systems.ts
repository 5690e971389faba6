import { AppError } from '#src/domain/errors.ts';
import type { CrmEntry, ErpEntry, RegistryEntry } from './registry-entry.ts';
import type { SystemKind } from './remote-system.ts';

/**
 * The systems Fairway can connect to. `shippedSystems` in `connectors/registry.ts` unless a test adds one.
 */
export type Systems = readonly RegistryEntry[];

export function findSystem(systems: Systems, kind: SystemKind): RegistryEntry | null {
  return systems.find((entry) => entry.kind === kind) ?? null;
}

/** @throws AppError when no connector has this kind */
export function requireSystem(systems: Systems, kind: SystemKind): RegistryEntry {
  const entry = findSystem(systems, kind);
  if (entry) return entry;
  const known = systems.map((one) => one.kind).join(', ');
  throw new AppError('bad_request', `Fairway has no connector named “${kind}”. Use one of: ${known}.`);
}

export function crmsOf(systems: Systems): readonly CrmEntry[] {
  return systems.filter((entry) => entry.role === 'crm');
}

export function erpsOf(systems: Systems): readonly ErpEntry[] {
  return systems.filter((entry) => entry.role === 'erp');
}
