/** The change types of events. */
export const changeTypes = [
  'CREATE',
  'UPDATE',
  'DELETE',
  'UNDELETE',
  'GAP_CREATE',
  'GAP_UPDATE',
  'GAP_DELETE',
  'GAP_UNDELETE',
  'GAP_OVERFLOW',
] as const;
export type ChangeType = (typeof changeTypes)[number];

/** A change event as the org keeps it until it is sent. */
export interface ChangeEvent {
  readonly entity: string;
  readonly changeType: ChangeType;
  /** Records of one transaction that changed alike share an event. */
  readonly recordIds: readonly string[];
  /** `com/salesforce/api/rest/67.0;client=…`; empty when a person made the change. */
  readonly origin: string;
  readonly transactionKey: string;
  readonly sequence: number;
  readonly userId: string;
  /** ISO 8601. */
  readonly at: string;
  /** The new values of what changed; of a new record all that are filled. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly changed: readonly string[];
  /** The event cannot be decoded, because its schema is not the one it was written with. */
  readonly garbled?: true;
}

/**
 * `AccountChangeEvent`, `Fairway_Payout__ChangeEvent`: what a channel selects, and a topic is called after.
 */
export const eventEntity = (objectName: string): string =>
  objectName.endsWith('__c') ? objectName.replace(/__c$/, '__ChangeEvent') : `${objectName}ChangeEvent`;
