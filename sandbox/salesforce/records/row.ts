import type { Body } from '#sandbox/store.ts';

/** A record as the org keeps it. */
export type Row = Body & { readonly Id: string };
