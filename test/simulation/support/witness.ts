import type { Shown, WriteAnswer } from './crm.ts';
import type { CanonicalCell, Intent } from './tables.ts';

/** Receives what happens, for the oracle. Fairway itself learns nothing from it. */
export interface Witness {
  saved(shown: Shown): void;
  sent(intent: Intent, answer: WriteAnswer): void;
  /** A value that came from the CRM is ours now. */
  placed(extId: string, field: string, value: CanonicalCell): void;
  planned(recordId: string, planId: string): void;
  done(intent: Intent): void;
}
