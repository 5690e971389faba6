/** Why a command about a registration is refused. The first check that fails decides. */
import { addedFields } from '#src/domain/registrations/form/form.ts';
import { isEmptyText, type Received, type Refusal } from './command.ts';
import { whyNotDecide, whyNotReview } from './deciders.ts';
import { editableFields, editRoles } from './editable-fields.ts';
import { formRefusal, problemsOfChange, readAgain } from '#src/domain/registrations/form/form-refusal.ts';
import { guardRefusal } from './guards.ts';
import { legalMoves } from './legal-moves.ts';
import { reasonsFor } from './reasons.ts';
import type { Channel, LifecyclePerson } from './registration.ts';
import { canMoveFrom, decidedStates, hasRoleFor, type LifecycleRole, type Move } from './states.ts';

export const notFound: Refusal = { code: 'not_found', reason: 'no_such_registration' };

/** The person who gave a command; a refusal for one who is unknown or has left. */
export function personOfCommand(channel: Channel, name: string): LifecyclePerson | Refusal {
  const person = Object.hasOwn(channel.people, name) ? channel.people[name] : undefined;
  if (person === undefined || person.hasLeft === true)
    return { code: 'not_allowed', reason: 'unknown_person' };
  return person;
}

/** True for a person of a partner other than this one. A service of every partner has none. */
export function isOtherPartners({ role, partner }: LifecyclePerson, of: string): boolean {
  if (role === 'service') return partner !== undefined && partner !== null && partner !== of;
  return role === 'partner' && partner !== of;
}

/** Null when a command other than a submission is accepted. */
export function commandRefusal(channel: Channel, received: Received): Refusal | null {
  const { command, person, registration } = received;
  if (isOtherPartners(person, registration.partner)) return notFound;
  if (!mayUse(command.do, person.role)) return { code: 'not_allowed', reason: 'role' };
  const isMove = command.do !== 'edit' && command.do !== 'submit' && command.do !== 'undo';
  if (isMove && !canMoveFrom(command.do, registration.state)) return stateRefusal(received, command.do);
  if (command.ifVersion !== undefined && command.ifVersion !== registration.version)
    return { code: 'conflict', reason: 'stale_version', version: registration.version };
  if (!isMove) return fieldRefusal(channel, received);
  return (
    personRefusal(channel, received, command.do) ??
    partnerRefusal(channel, received, command.do) ??
    requestRefusal(channel, received, command.do) ??
    rivalRefusal(received, command.do) ??
    guardedRefusal(received, command.do)
  );
}

function mayUse(wanted: Received['command']['do'], role: LifecycleRole): boolean {
  if (wanted === 'edit') return editRoles.includes(role);
  return wanted !== 'submit' && wanted !== 'undo' && hasRoleFor(wanted, role);
}

function stateRefusal({ command, person, registration }: Received, move: Move): Refusal {
  const { state } = registration;
  if ((move === 'approve' || move === 'reject') && decidedStates.includes(state))
    return { code: 'conflict', reason: 'already_decided', state };
  return {
    code: 'conflict',
    reason: 'illegal_move',
    legal: legalMoves(registration, person.role, command.at),
  };
}

function personRefusal(channel: Channel, { command, registration }: Received, move: Move): Refusal | null {
  const { by, at } = command;
  const reason = ((): string | null => {
    switch (move) {
      case 'approve':
      case 'reject':
        return whyNotDecide(channel, registration, by, at);
      case 'uphold':
      case 'overturn':
        return whyNotReview(channel, registration, by);
      case 'grant_extension':
      case 'deny_extension':
        return registration.extensionOpenBy === by ? 'self_approval' : null;
      default:
        return null;
    }
  })();
  return reason === null ? null : { code: 'not_allowed', reason };
}

const needsActivePartner: ReadonlySet<Move> = new Set(['approve', 'overturn', 'resubmit']);

function partnerRefusal(channel: Channel, { registration }: Received, move: Move): Refusal | null {
  const status = channel.partners[registration.partner]?.status;
  if (status === 'active' || !needsActivePartner.has(move)) return null;
  return { code: 'conflict', reason: 'partner_suspended' };
}

function requestRefusal(channel: Channel, received: Received, move: Move): Refusal | null {
  const { programme } = channel;
  const { command, registration } = received;
  const values = command.with;
  if (move === 'request_info' && isEmptyText(values.question))
    return { code: 'bad_request', reason: 'question_required' };
  const reasons = reasonsFor(move);
  if (reasons !== null) {
    const { reasonCode } = values;
    if (reasonCode === undefined || isEmptyText(reasonCode))
      return { code: 'bad_request', reason: 'reason_required' };
    if (!reasons.includes(reasonCode) || programme.reasons?.[move]?.[reasonCode]?.offered === false)
      return { code: 'bad_request', reason: 'reason_code_unknown' };
    if (reasonCode === 'other' && isEmptyText(move === 'request_info' ? values.question : values.text))
      return { code: 'bad_request', reason: 'text_required' };
  }
  if (move === 'convert' && isEmptyText(values.opportunity) && registration.opportunity === null)
    return { code: 'bad_request', reason: 'field_missing', fields: ['opportunity'] };
  if (move === 'supersede' && isEmptyText(values.supersededBy))
    return { code: 'bad_request', reason: 'field_missing', fields: ['supersededBy'] };
  return move === 'resubmit' ? formRefusal(readAgain(channel, registration, values.terms).problems) : null;
}

/**
 * Two partners are protected for one deal only where a person says why. They name the rivals that they saw, so an
 * approval over one of them is no approval over another.
 */
function rivalRefusal({ command: { with: values } }: Received, move: Move): Refusal | null {
  if (move !== 'approve' && move !== 'overturn') return null;
  const { rivalsInForce = [], over, supersedes } = values;
  const rivals = rivalsInForce.filter(({ id }) => move === 'approve' || id !== supersedes);
  if (rivals.length === 0) return null;
  if (over === undefined || rivals.some(({ id }) => !over.rivals.includes(id)))
    return { code: 'conflict', reason: 'rival_in_force', rivals };
  return isEmptyText(over.reason) ? { code: 'bad_request', reason: 'over_reason_required' } : null;
}

function guardedRefusal({ command, registration }: Received, move: Move): Refusal | null {
  const reason = guardRefusal(move, registration, command.at);
  return reason === null ? null : { code: 'conflict', reason };
}

function fieldRefusal(channel: Channel, { command, person, registration }: Received): Refusal | null {
  const { state, programme } = registration;
  const editable = editableFields(state, person.role, addedFields(programme.form));
  const values = command.with.fields ?? {};
  const fields = Object.keys(values).filter((field) => !editable.includes(field));
  // A locked field comes first, because the CRM gets its value back.
  if (fields.length > 0) return { code: 'conflict', reason: 'field_locked', fields };
  return formRefusal(problemsOfChange(channel, programme, { deal: registration, changed: values }).problems);
}
