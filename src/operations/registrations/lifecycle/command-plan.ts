import type { Db } from '#src/db/client.ts';
import {
  deleteDeferredDecision,
  insertDeferredDecision,
} from '#src/db/registrations/lifecycle/deferred-decision-store.ts';
import { partnersByCode } from '#src/db/records/account-store.ts';
import type { Deps } from '#src/deps.ts';
import { foldKey } from '#src/domain/document-key.ts';
import { invalidTerms } from '#src/domain/registrations/form/invalid-terms.ts';
import { partnerCodesIn } from '#src/domain/registrations/form/read-form.ts';
import type { LifecycleCommand, Refusal } from '#src/domain/registrations/lifecycle/command.ts';
import { applyCommand, passTime, type StepResult } from '#src/domain/registrations/lifecycle/step.ts';
import { fireEarlierTimers } from './fire-timers.ts';
import type { LoadedChannel } from './load-channel.ts';
import { runStep, type StepOutcome, type StepPlan } from './run-step.ts';
import { uuidsOf } from './uuids.ts';

/**
 * Applies a command that has the verdict of the rules of engagement already, such as a submission of a worked scenario.
 * A refused command changes nothing; the outcome has the reason.
 */
export async function applyAssessedCommand(deps: Deps, command: LifecycleCommand): Promise<StepOutcome> {
  await fireEarlierTimers(deps, command.at);
  return runStep(deps, commandPlan(command));
}

export function commandPlan(command: LifecycleCommand): StepPlan {
  const { with: values, registration } = command;
  const isSubmission = command.do === 'submit';
  const opportunities = uuidsOf(values.opportunity);
  return {
    at: command.at,
    by: [command.by],
    partners: uuidsOf(values.partner),
    opportunities,
    keys: isSubmission && values.key !== undefined ? [{ sender: command.by, key: values.key }] : [],
    scope: {
      ids: uuidsOf(registration, values.supersedes, values.supersededBy),
      deals: isSubmission ? [values.deal ?? registration] : [],
    },
    cause: {
      move: command.defer === undefined ? command.do : 'defer',
      registration,
      actor: command.by,
      via: command.via,
      reasonCode: values.reasonCode ?? null,
      // The event of the move itself has the words, when it is made.
      given: command.defer === undefined ? { ...values } : {},
    },
    prepare: (tx, loaded) => withPartnerCodes(tx, loaded, command),
    apply: (loaded, at) => resultOf(loaded, { ...command, at }),
    save: (tx, _loaded, result) => saveDeferral(tx, command, result),
  };
}

/** Knows which of the partner codes exist that the values name. */
async function withPartnerCodes(
  tx: Db,
  loaded: LoadedChannel,
  { registration, with: { terms = {}, fields = {} } }: LifecycleCommand,
): Promise<LoadedChannel> {
  const { channel } = loaded;
  const present = channel.registrations[registration];
  const named = [channel.programme.form, present?.programme.form].flatMap((form = []) =>
    [terms, fields, present?.terms ?? {}].flatMap((values) => partnerCodesIn(form, values)),
  );
  if (named.length === 0) return loaded;
  const found = await partnersByCode(tx, named);
  const partnerCodes = new Set(named.filter((code) => typeof found.get(foldKey(code)) === 'object'));
  return { ...loaded, channel: { ...channel, partnerCodes } };
}

/** A decision that can be undone waits with its values, until it is undone or its time comes. */
async function saveDeferral(
  tx: Db,
  command: LifecycleCommand,
  { refused, channel }: StepResult,
): Promise<void> {
  const { registration: registrationId, by, do: move, defer, deferredId } = command;
  const deferred = channel.registrations[registrationId]?.deferred ?? null;
  if (defer !== undefined && refused === null)
    return insertDeferredDecision(tx, {
      id: defer.id,
      registrationId,
      by,
      move,
      given: { ...command.with },
      appliesAt: new Date(defer.until * 1000),
    });
  if (deferred === null && (deferredId !== undefined || move === 'undo'))
    await deleteDeferredDecision(tx, registrationId);
}

function resultOf(loaded: LoadedChannel, command: LifecycleCommand): StepResult {
  const { channel } = loaded;
  const { registration: id } = command;
  // A record of the CRM that is read again is the same submission.
  if (command.do === 'submit' && Object.hasOwn(channel.registrations, id))
    return { ...passTime(channel, command.at), result: { same: id } };
  const result = applyCommand(channel, command);
  const refused = result.refused === null ? refusedValues(loaded, result, command) : null;
  return refused === null ? result : { ...passTime(channel, command.at), refused };
}

/** Values that the rules accept and that Fairway cannot store. */
function refusedValues(
  { opportunities }: LoadedChannel,
  { changes }: StepResult,
  { with: { opportunity } }: LifecycleCommand,
): Refusal | null {
  if (opportunity !== undefined && !opportunities.has(opportunity))
    return { code: 'not_found', reason: 'no_such_opportunity' };
  const fields = changes
    .filter(({ timer, before, after }) => timer === null && before?.terms !== after.terms)
    .flatMap(({ after }) => invalidTerms(after.terms));
  return fields.length === 0 ? null : { code: 'bad_request', reason: 'field_invalid', fields };
}
