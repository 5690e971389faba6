/** Facts that only some settings of a programme ask about. Each one is absent while no rule asks for it. */
export interface ProgrammeFacts {
  readonly partnerCode?: string | null;
  /** The tier of the partner on the day of the decision. Null before the first assessment. */
  readonly partnerTier?: string | null;
  /** The partner's earlier registrations that wait or are protected. */
  readonly openRegistrations?: number;
  /** The custom fields of the partner's account that the programme names. */
  readonly partnerFields?: Readonly<Record<string, string | null>>;
  /** The partner's part in the deal, such as `distributor`. */
  readonly role?: string | null;
  /** The accounts that may be the customer, if the programme names them or asks for one of their fields. */
  readonly accounts?: readonly CustomerAccount[];
}

export interface CustomerAccount {
  readonly name: string;
  readonly match: 'same' | 'related';
  readonly domain: string | null;
  readonly registryIds: readonly string[];
  /** The ids of its records in the CRMs. */
  readonly crmIds: readonly string[];
  /** The custom fields that the programme names. */
  readonly fields: Readonly<Record<string, string | null>>;
}
