/** Submitting a registration, and submitting it again. */
import type { LifecycleCommand, Refusal, RulesVerdict } from '../command.ts';
import { addedFields } from '#src/domain/registrations/form/form.ts';
import { missingFields, termFields } from '../editable-fields.ts';
import {
  formFor,
  formRefusal,
  readAgain,
  readWithForm,
} from '#src/domain/registrations/form/form-refusal.ts';
import { peopleOfPartner } from '../notices.ts';
import { isOtherPartners, notFound } from '../refusals.ts';
import type { LifecyclePerson, LifecycleRegistration } from '../registration.ts';
import type { LifecycleRun } from '../run.ts';
import { newClock } from '../service-clocks.ts';
import { livingStates, submitRoles } from '../states.ts';
import { approve, queue, reject } from './decision.ts';
import { changeFields } from './edit.ts';
import { requestInformation } from './information.ts';

export type SubmissionResult =
  | { readonly created: string }
  | { readonly updated: string }
  | { readonly same: string }
  | { readonly refused: Refusal };

/**
 * Submits a registration. The same key of the same sender is the same submission. A partner that sends a deal
 * again updates its registration; a second record in the CRM is rejected instead.
 */
export function submit(
  run: LifecycleRun,
  command: LifecycleCommand,
  person: LifecyclePerson,
): SubmissionResult {
  const { by, via, registration: id } = command;
  const values = command.with;
  if (!submitRoles.includes(person.role)) return refused({ code: 'not_allowed', reason: 'role' });
  const key = values.key === undefined ? null : submissionKeyOf(by, values.key);
  const known = key === null ? undefined : run.channel.submissionKeys[key];
  if (known !== undefined) return { same: known };
  const partner = person.partner ?? values.partner ?? '';
  const found = Object.hasOwn(run.channel.partners, partner) ? run.channel.partners[partner] : undefined;
  if (values.partner !== undefined && (found === undefined || isOtherPartners(person, values.partner)))
    return refused(notFound);
  const isActive = found === undefined || found.status === 'active';
  if (!isActive && via !== 'crm') return refused({ code: 'conflict', reason: 'partner_suspended' });
  const read = readSubmission(run, command, partner);
  if ('refused' in read) return read;
  const { terms } = read;
  const deal = values.deal ?? id;
  const before = run.all().find((one) => isSameDeal(one, partner, deal));
  if (before !== undefined && via !== 'crm') {
    if (key !== null) remember(run, key, before.id);
    return updateTerms(run, { ...command, with: { ...values, terms } }, person, before);
  }
  run.save(newRegistration(run, { ...command, with: { ...values, terms } }, { partner, deal }));
  if (key !== null) remember(run, key, id);
  run.notify('submitted', id, peopleOfPartner(run.channel, partner));
  if (before !== undefined) reject(run, id, 'duplicate_own', null);
  else if (!isActive) reject(run, id, 'partner_not_in_good_standing', null);
  else decideByRules(run, id, values.rules ?? 'pending', values.rulesCode);
  return { created: id };
}

/**
 * The values of a submission as the form reads them. A record of the CRM has only what its mapping places, and the
 * mapping has checked those values.
 */
function readSubmission(
  { channel }: LifecycleRun,
  { via, with: { terms: given = {} } }: LifecycleCommand,
  partner: string,
): { readonly terms: Readonly<Record<string, string>> } | { readonly refused: Refusal } {
  const isRecord = via === 'crm';
  const missing = isRecord ? missingFields(given) : [];
  const form = formFor(channel, channel.programme, { partner, terms: given });
  const { terms, problems } = isRecord ? { terms: given, problems: [] } : readWithForm(channel, form, given);
  const all = [
    ...problems,
    ...(partner === '' ? [...missing, 'partner'] : missing).map((field) => ({
      field,
      kind: 'missing' as const,
      message: 'It is required. Enter it.',
    })),
  ];
  const refusal = formRefusal(all);
  return refusal === null ? { terms } : { refused: refusal };
}

/** The same registration with a new submission: what happened before it no longer counts. */
export function resubmit(run: LifecycleRun, id: string, command: LifecycleCommand): void {
  const before = run.get(id);
  const values = command.with;
  const again = newRegistration(
    run,
    {
      ...command,
      with: { ...values, number: before.number, terms: readAgain(run.channel, before, values.terms).terms },
    },
    before,
  );
  const { version, opportunity, crmRefusal, createdBy } = before;
  run.save({ ...again, version, opportunity, crmRefusal, createdBy });
  run.notify('submitted', id, peopleOfPartner(run.channel, before.partner));
  const other = run.all().find((one) => one.id !== id && isSameDeal(one, before.partner, before.deal));
  if (other !== undefined) reject(run, id, 'duplicate_own', null);
  else decideByRules(run, id, values.rules ?? 'pending', values.rulesCode);
}

/** Applies the verdict of the rules of engagement. A registration stays submitted while facts are missing. */
export function decideByRules(
  run: LifecycleRun,
  id: string,
  verdict: RulesVerdict,
  rulesCode: string | undefined,
): void {
  switch (verdict) {
    case 'clear':
      return approve(run, id, null);
    case 'review':
      return queue(run, id);
    case 'block':
      return reject(run, id, rulesCode ?? 'did_not_meet_criteria', null);
    case 'ask':
      return requestInformation(run, id, null, rulesCode ?? 'other');
    case 'pending':
      return;
  }
}

function updateTerms(
  run: LifecycleRun,
  command: LifecycleCommand,
  person: LifecyclePerson,
  { id, programme }: LifecycleRegistration,
): SubmissionResult {
  const fields = [...termFields, ...addedFields(programme.form)];
  const terms = Object.entries(command.with.terms ?? {}).filter(([field]) => fields.includes(field));
  const isChanged = changeFields(run, id, Object.fromEntries(terms), { by: command.by, person });
  return isChanged ? { updated: id } : { same: id };
}

function isSameDeal(
  { partner, deal, state }: LifecycleRegistration,
  ofPartner: string,
  ofDeal: string,
): boolean {
  return partner === ofPartner && deal === ofDeal && livingStates.includes(state);
}

function newRegistration(
  run: LifecycleRun,
  { by, registration: id, with: values }: LifecycleCommand,
  { partner, deal }: Pick<LifecycleRegistration, 'partner' | 'deal'>,
): LifecycleRegistration {
  const terms = values.terms ?? {};
  const submittedAt = Math.min(values.since ?? run.now, run.now);
  const programme = run.settingsFor(run.channel.programme, { partner, terms });
  return {
    id,
    number: values.number ?? id,
    partner,
    deal,
    terms,
    state: 'submitted',
    version: 0,
    reasonCode: null,
    reasonText: null,
    submittedAt,
    submittedBy: by,
    createdBy: values.createdBy === undefined ? [] : values.createdBy,
    programme,
    editedBy: [],
    approvals: [],
    decidedBy: [],
    lastDecider: null,
    decidedAt: null,
    approvedAt: null,
    protectedUntil: null,
    lastActivityAt: null,
    extensionOpenBy: null,
    extensionsUsed: 0,
    infoAskedBy: null,
    infoDeadline: null,
    hasAppealed: false,
    supersededBy: null,
    opportunity: values.opportunity ?? null,
    crmRefusal: null,
    deferred: null,
    notApplied: null,
    decisionClock: newClock(programme, programme.decisionTarget, submittedAt, submittedAt),
    appealClock: null,
    firedTimers: [],
  };
}

/** A key of one sender is not the key of another. */
export function submissionKeyOf(sender: string, key: string): string {
  return JSON.stringify([sender, key]);
}

function remember(run: LifecycleRun, key: string, id: string): void {
  run.change({ submissionKeys: { ...run.channel.submissionKeys, [key]: id } });
}

function refused(refusal: Refusal): SubmissionResult {
  return { refused: refusal };
}
