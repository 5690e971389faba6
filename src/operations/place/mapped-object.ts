import type { Connection } from '#src/db/connections/connection-store.ts';
import type { LiveMapping } from '#src/operations/live-mappings/load-live-mapping.ts';
import type { PlacedKind } from './kinds/placers.ts';

/** One object of one connection, with the mapping its records are read by. */
export interface MappedObject {
  readonly connection: Connection;
  readonly mapping: LiveMapping;
}

/** An object whose records are placed. */
export interface PlaceInput extends MappedObject {
  readonly kind: PlacedKind;
  /** The programme's; for amounts without a currency where the CRM's account does not say one. */
  readonly currency: string;
  /** Objects of other CRMs that may hold the same records: what changes here is passed on to them. */
  readonly peers?: readonly MappedObject[];
}
