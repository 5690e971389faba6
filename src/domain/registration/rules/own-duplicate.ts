/**
 * A partner who registers one deal twice would hold the customer twice as long. The first registration stands; the later one is
 * turned down and names it, so that the partner can update that one instead. A renewal or another product for a customer of its
 * own is a deal of its own, and is only told; where one of the two does not name its product, a person says which it is.
 */
import { holdsClaim, isEarlier, type RegistrationRival } from '../precedence.ts';
import type { Finding, RegistrationFacts } from '../registration.ts';
import { describeMatch, submittedOn } from '../words.ts';
import type { Rule } from './rule.ts';

export const ownDuplicate: Rule = (facts, rival, today) => {
  if (rival.kind !== 'registration' || rival.partnerId !== facts.partnerId || rival.match.verdict !== 'same') return null;
  if (!holdsClaim(rival, today) || !isEarlier(rival, facts)) return null;
  const effect = effectOf(facts, rival);
  const details = [submittedOn(rival), describeMatch(rival.match)];
  // Its own registration is no secret to the partner.
  const says = `${openings[effect](rival.number)} (${details.join(', ')}).`;
  return { rule: 'own_duplicate', effect, rival, says, tells: says };
};

type Effect = Finding['effect'];

const openings: Readonly<Record<Effect, (number: string) => string>> = {
  block: (number) => `Duplicate of ${number} by the same partner`,
  review: (number) => `Possibly a duplicate of ${number} by the same partner, as only one of the two names its product family`,
  note: (number) => `Another deal than ${number} by the same partner with this customer`,
};

function effectOf(facts: RegistrationFacts, rival: RegistrationRival): Effect {
  if (rival.dealType !== facts.dealType) return 'note';
  const [family, other] = [facts.productFamily, rival.productFamily].map((name) => name?.trim().toLowerCase() || null);
  if (family === other) return 'block';
  return family === null || other === null ? 'review' : 'note';
}
