import type { Rate } from '#src/domain/money.ts';

/** The amount that a partner should have been credited for one document under one component. */
export interface DesiredAccrual {
  readonly documentId: string;
  readonly partnerId: string;
  readonly component: string;
  readonly currency: string;
  /** Negative for a credit memo. */
  readonly amountMinor: bigint;
  readonly trace: AccrualTrace;
}

/** Everything that is needed to recompute the amount by hand. */
export interface AccrualTrace {
  readonly document: string;
  readonly basisMinor: bigint;
  readonly tier: string;
  readonly tierAsOf: string;
  readonly rate: Rate;
  readonly programVersion: number;
}
