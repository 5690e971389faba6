/** The texts of reasons that a programme has until it writes its own, in English and German. */

export interface ReasonWords {
  readonly en: string;
  readonly de: string;
}

const otherReason: ReasonWords = { en: 'Another reason', de: 'Ein anderer Grund' };

/** By move and code. Codes of moves that the clock and the CRM make are included. */
export const defaultReasons = {
  reject: {
    duplicate_own: {
      en: 'You have registered this deal already',
      de: 'Sie haben dieses Geschäft bereits registriert',
    },
    conflict_earlier_registration: {
      en: 'The deal was registered earlier',
      de: 'Das Geschäft wurde früher registriert',
    },
    conflict_direct_opportunity: {
      en: 'Our sales team works on this deal',
      de: 'Unser Vertrieb arbeitet an diesem Geschäft',
    },
    conflict_named_account: {
      en: 'Our sales team looks after this customer',
      de: 'Unser Vertrieb betreut diesen Kunden',
    },
    existing_customer: { en: 'The company is our customer already', de: 'Die Firma ist bereits unser Kunde' },
    outside_territory: {
      en: 'The customer is outside your territory',
      de: 'Der Kunde liegt außerhalb Ihres Gebiets',
    },
    below_minimum_size: {
      en: 'The deal is smaller than the programme asks for',
      de: 'Das Geschäft ist kleiner, als das Programm verlangt',
    },
    not_certified: {
      en: 'The certification for this product is missing',
      de: 'Die Zertifizierung für dieses Produkt fehlt',
    },
    partner_not_in_good_standing: {
      en: 'Your partnership is not active',
      de: 'Ihre Partnerschaft ist nicht aktiv',
    },
    too_many_open: {
      en: 'You have too many open registrations',
      de: 'Sie haben zu viele offene Registrierungen',
    },
    invalid_customer_details: {
      en: 'The details of the customer are not right',
      de: 'Die Angaben zum Kunden stimmen nicht',
    },
    insufficient_evidence: { en: 'The evidence is not sufficient', de: 'Die Nachweise reichen nicht aus' },
    no_response: { en: 'Our question was not answered', de: 'Unsere Rückfrage wurde nicht beantwortet' },
    outside_window: {
      en: 'The deal was registered too early or too late',
      de: 'Das Geschäft wurde zu früh oder zu spät registriert',
    },
    did_not_meet_criteria: {
      en: 'The deal does not meet the criteria of the programme',
      de: 'Das Geschäft erfüllt die Kriterien des Programms nicht',
    },
    other: otherReason,
  },
  withdraw: {
    partner_request: { en: 'At the request of the partner', de: 'Auf Wunsch des Partners' },
    duplicate: { en: 'It was registered twice', de: 'Es wurde zweimal registriert' },
    customer_declined: { en: 'The customer declined', de: 'Der Kunde hat abgelehnt' },
    registered_in_error: { en: 'It was registered in error', de: 'Es wurde irrtümlich registriert' },
    partner_terminated: { en: 'The partnership has ended', de: 'Die Partnerschaft ist beendet' },
    other: otherReason,
  },
  uphold: {
    decision_confirmed: { en: 'The decision was right', de: 'Die Entscheidung war richtig' },
    no_new_evidence: { en: 'There is no new evidence', de: 'Es gibt keine neuen Nachweise' },
    other: otherReason,
  },
  overturn: {
    new_evidence: { en: 'There is new evidence', de: 'Es gibt neue Nachweise' },
    rule_misapplied: { en: 'A rule was not applied correctly', de: 'Eine Regel wurde falsch angewendet' },
    matching_error: {
      en: 'It was taken for another customer',
      de: 'Es wurde mit einem anderen Kunden verwechselt',
    },
    agreement_between_partners: { en: 'The partners have agreed', de: 'Die Partner haben sich geeinigt' },
    other: otherReason,
  },
  reopen: {
    decided_in_error: { en: 'It was decided in error', de: 'Es wurde irrtümlich entschieden' },
    new_information: { en: 'There is new information', de: 'Es gibt neue Informationen' },
    crm_record_changed: {
      en: 'The record in the CRM has changed',
      de: 'Der Datensatz im CRM hat sich geändert',
    },
    other: otherReason,
  },
  deny_extension: {
    no_progress: { en: 'There was no progress', de: 'Es gab keinen Fortschritt' },
    strategic_account: {
      en: 'The customer is a strategic account',
      de: 'Der Kunde ist ein strategischer Kunde',
    },
    other: otherReason,
  },
  supersede: {
    superseded_by_appeal: {
      en: 'Another registration was approved after an appeal',
      de: 'Eine andere Registrierung wurde nach einem Einspruch genehmigt',
    },
    superseded_by_own_registration: {
      en: 'Another registration of yours replaces it',
      de: 'Eine andere Ihrer Registrierungen ersetzt sie',
    },
    partner_merged: { en: 'The partner was merged', de: 'Der Partner wurde zusammengeführt' },
    account_merged: { en: 'The customer was merged', de: 'Der Kunde wurde zusammengeführt' },
    other: otherReason,
  },
  request_info: {
    missing_contact: { en: 'The contact is missing', de: 'Der Ansprechpartner fehlt' },
    missing_evidence: { en: 'Evidence is missing', de: 'Nachweise fehlen' },
    unclear_customer: { en: 'The customer is not clear', de: 'Der Kunde ist nicht eindeutig' },
    unclear_product: { en: 'The product is not clear', de: 'Das Produkt ist nicht eindeutig' },
    unclear_partner_role: {
      en: 'The role of the partner is not clear',
      de: 'Die Rolle des Partners ist nicht eindeutig',
    },
    other: otherReason,
  },
  expire: {
    window_over: { en: 'The protection has ended', de: 'Der Schutz ist abgelaufen' },
    no_activity: { en: 'There was no activity', de: 'Es gab keine Aktivität' },
  },
  lose: {
    price: { en: 'Price', de: 'Preis' },
    product_gap: { en: 'The product lacks something', de: 'Dem Produkt fehlt etwas' },
    lost_to_competitor: { en: 'Lost to a competitor', de: 'An einen Wettbewerber verloren' },
    no_budget: { en: 'No budget', de: 'Kein Budget' },
    project_cancelled: { en: 'The project was cancelled', de: 'Das Projekt wurde abgesagt' },
    legal_or_compliance: { en: 'Legal reasons', de: 'Rechtliche Gründe' },
    security: { en: 'Security', de: 'Sicherheit' },
    partner_gap: { en: 'The partner lacks something', de: 'Dem Partner fehlt etwas' },
    no_decision: { en: 'The customer did not decide', de: 'Der Kunde hat nicht entschieden' },
    other: otherReason,
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, ReasonWords>>>>;
