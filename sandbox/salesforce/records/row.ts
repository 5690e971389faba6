import type { Body } from '../store.ts';

/** A record as the org keeps it. */
export type Row = Body & { readonly Id: string };
