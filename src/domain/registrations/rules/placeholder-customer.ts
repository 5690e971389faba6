/**
 * A customer called TBD or "End customer" cannot be compared with other companies, so approving the registration
 * would be a promise that cannot be checked. The partner is asked for the name, and the registration waits without
 * protection until the name has been changed.
 */
import { isPlaceholder } from '#src/domain/registrations/placeholder.ts';
import type { RegistrationRule } from './rule.ts';

export const placeholderCustomer: RegistrationRule = ({ customerName }, _rivals, { version }) => {
  if (version < 3 || !isPlaceholder(customerName)) return null;
  // The message is public as it is, because the partner wrote the name.
  const message = `Customer name: "${customerName}" names no company. Enter the name of the end customer on this registration; it is evaluated again as soon as it has been changed.`;
  return { rule: 'placeholder_customer', effect: 'ask', rival: null, message, publicMessage: message };
};
