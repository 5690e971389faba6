/** Events that ask a person of the vendor for an action: who ignores them breaks a promise. */
const vendorDuties: ReadonlySet<string> = new Set([
  'queued',
  'step_approved',
  'info_answered',
  'terms_changed',
  'appeal_received',
  'extension_requested',
  'crm_refused',
  'escalated',
  'breached',
]);

/** For a partner: a question whose time runs out rejects the registration. */
const partnerDuties: ReadonlySet<string> = new Set(['info_requested', 'crm_refused']);

/**
 * True for a notice that a person gets also after unsubscribing, because it asks for an action. All others only
 * inform: https://www.rfc-editor.org/rfc/rfc8058 wants one click to end them.
 *
 * @param name as `eventOfNotice` gives it
 */
export function isDuty(name: string, role: string): boolean {
  const duties = role === 'partner' || role === 'service' ? partnerDuties : vendorDuties;
  return duties.has(name);
}
