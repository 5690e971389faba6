/** Commands of people and services about a registration that exists, other than its submission. */
import { problemsOfChange } from '#src/domain/registrations/form/form-refusal.ts';
import type { LifecycleCommand, Received, Refusal } from '#src/domain/registrations/lifecycle/command.ts';
import { commandRefusal, notFound, personOfCommand } from '#src/domain/registrations/lifecycle/refusals.ts';
import type { DeferredMove } from '#src/domain/registrations/lifecycle/registration.ts';
import type { LifecycleRun } from '#src/domain/registrations/lifecycle/run.ts';
import { canMoveFrom, livingStates, type Move } from '#src/domain/registrations/lifecycle/states.ts';
import { appeal, overturn, uphold } from './appeal.ts';
import { approveStep, reject } from './decision.ts';
import { asDeferred, deferMove, deferredRefusal, dropDeferred, undoDeferred } from './deferred.ts';
import { changeFields } from './edit.ts';
import { reopen, supersedeRegistration, withdraw } from './ending.ts';
import { answerInformation, requestInformation } from './information.ts';
import { convert } from './outcome.ts';
import { denyExtension, grantExtension, reportActivity, requestExtension } from './protection.ts';
import { resubmit } from './submission.ts';

export interface MoveOutcome {
  readonly refused: Refusal | null;
  /** Fields of a refused edit in the CRM that get their values from before. */
  readonly putBack: readonly string[];
}

const done: MoveOutcome = { refused: null, putBack: [] };

/** Applies a move or an edit, or says why it is refused. */
export function applyMove(run: LifecycleRun, command: LifecycleCommand): MoveOutcome {
  if (command.inadmissible !== undefined)
    return { ...done, refused: { code: 'not_allowed', reason: command.inadmissible } };
  const id = command.registration;
  const deferred = run.has(id) ? run.get(id).deferred : null;
  if (deferred !== null && deferred.id === command.deferredId)
    return appliedDeferred(run, asDeferred(command, deferred), deferred);
  const person = personOfCommand(run.channel, command.by);
  if ('reason' in person) return { ...done, refused: person };
  if (!run.has(id)) return { ...done, refused: notFound };
  const received: Received = { command, person, registration: run.get(id) };
  if (command.do === 'undo') return { ...done, refused: undoDeferred(run, received) };
  const refused = deferredRefusal(received);
  return refused === null ? moved(run, received) : { ...done, refused };
}

/** A deferred decision counts from the instant at which it was made. */
function appliedDeferred(run: LifecycleRun, command: LifecycleCommand, deferred: DeferredMove): MoveOutcome {
  const { registration: id } = command;
  const person = personOfCommand(run.channel, command.by);
  const present = run.now;
  run.update(id, { deferred: null });
  run.now = command.at;
  const outcome =
    'reason' in person
      ? { ...done, refused: person }
      : moved(run, { command, person, registration: run.get(id) });
  run.now = present;
  if (outcome.refused !== null) dropDeferred(run, id, deferred, outcome.refused.reason);
  return outcome;
}

function moved(run: LifecycleRun, received: Received): MoveOutcome {
  const { command, person } = received;
  const id = command.registration;
  const refused = commandRefusal(run.channel, received) ?? refusalOfOther(run, command);
  if (refused !== null) {
    const { fields } = refused;
    const isPutBack = command.do === 'edit' && command.via === 'crm' && Array.isArray(fields);
    return { ...done, refused, putBack: isPutBack ? (fields as readonly string[]) : [] };
  }
  if (command.do === 'edit') changeFields(run, id, fieldsAsRead(run, received), { by: command.by, person });
  else if (command.do !== 'submit' && command.do !== 'undo') {
    if (command.defer !== undefined) {
      deferMove(run, received, { ...command.defer, move: command.do });
      return done;
    }
    if (received.registration.notApplied !== null) run.update(id, { notApplied: null });
    handlers[command.do](run, received);
  }
  return done;
}

/** The values of an edit as the form stores them. */
function fieldsAsRead(
  { channel }: LifecycleRun,
  { command: { with: values }, registration }: Received,
): Readonly<Record<string, string>> {
  const changed = values.fields ?? {};
  const { terms } = problemsOfChange(channel, registration.programme, { deal: registration, changed });
  return Object.fromEntries(Object.keys(changed).map((name) => [name, terms[name] ?? '']));
}

/** The registration that a command replaces, or that replaces it, must exist and be living. */
function refusalOfOther(
  run: LifecycleRun,
  { do: move, registration, with: values }: LifecycleCommand,
): Refusal | null {
  const other =
    move === 'overturn' ? values.supersedes : move === 'supersede' ? values.supersededBy : undefined;
  if (other === undefined) return null;
  const found = run.channel.registrations[other];
  if (found === undefined || other === registration) return notFound;
  const isFit =
    move === 'overturn' ? canMoveFrom('supersede', found.state) : livingStates.includes(found.state);
  return isFit ? null : { code: 'conflict', reason: 'illegal_move', legal: [] };
}

const handlers: Readonly<Record<Move, (run: LifecycleRun, received: Received) => void>> = {
  request_info: (run, { command, registration }) =>
    requestInformation(run, registration.id, command.by, reasonOf(command)),
  answer_info: (run, { registration }) => answerInformation(run, registration.id),
  approve: (run, { command, registration }) => approveStep(run, registration.id, command.by),
  reject: (run, { command, registration }) => reject(run, registration.id, reasonOf(command), command.by),
  appeal: (run, { registration }) => appeal(run, registration.id),
  uphold: (run, { command, registration }) => uphold(run, registration.id, command.by),
  overturn: (run, { command, registration }) =>
    overturn(run, registration.id, {
      by: command.by,
      reasonCode: reasonOf(command),
      supersedes: command.with.supersedes ?? null,
    }),
  withdraw: (run, { command, registration }) => withdraw(run, registration.id, reasonOf(command)),
  resubmit: (run, { command, registration }) => resubmit(run, registration.id, command),
  reopen: (run, { command, registration }) => reopen(run, registration.id, reasonOf(command)),
  request_extension: (run, { command, registration }) => requestExtension(run, registration.id, command.by),
  grant_extension: (run, { registration }) => grantExtension(run, registration.id),
  deny_extension: (run, { registration }) => denyExtension(run, registration.id),
  report_activity: (run, { registration }) => reportActivity(run, registration.id),
  convert: (run, { command, registration }) =>
    convert(run, registration.id, command.with.opportunity ?? null),
  supersede: (run, { command, registration }) =>
    supersedeRegistration(run, registration.id, command.with.supersededBy ?? '', reasonOf(command)),
};

function reasonOf({ with: { reasonCode } }: LifecycleCommand): string {
  if (reasonCode === undefined) throw new RangeError('a command without its reason is refused');
  return reasonCode;
}
