import { sourceMove, saveSourceMove, type RegistrationSource } from '#src/db/registrations/source-store.ts';
import { registrationsOfKeys } from '#src/db/registrations/lifecycle/lifecycle-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import type { CommandValues } from '#src/domain/registrations/lifecycle/command.ts';
import { applyMoveIn, type MoveCommand } from '#src/operations/registrations/lifecycle/apply-command.ts';
import { fireEarlierTimers } from '#src/operations/registrations/lifecycle/fire-timers.ts';
import { refusalError } from '#src/operations/registrations/lifecycle/refusal-error.ts';
import { inStepTransaction } from '#src/operations/registrations/lifecycle/run-step.ts';
import { uuidsOf } from '#src/operations/registrations/lifecycle/uuids.ts';

/** The moves that a service of the channel can have, and an edit. */
export const serviceMoves = [
  'edit',
  'answer_info',
  'appeal',
  'withdraw',
  'resubmit',
  'request_extension',
  'report_activity',
] as const;

export interface SourceMove {
  readonly messageId: string;
  /** Fairway's id, or the key with which the source submitted it. */
  readonly registration: string;
  readonly move: (typeof serviceMoves)[number];
  readonly ifVersion?: number | undefined;
  readonly with: CommandValues;
}

export interface SourceMoved {
  readonly result: 'moved' | 'same';
  readonly id: string;
}

/**
 * Moves a registration as a signed webhook says, once for each `webhook-id`.
 *
 * @throws AppError `not_found` for a registration that the source did not submit and does not name by id, and every
 * refusal of a move
 */
export async function moveBySource(
  deps: Deps,
  source: RegistrationSource,
  { messageId, registration, move, ifVersion, with: values }: SourceMove,
): Promise<SourceMoved> {
  const id = await registrationNamed(deps, source, registration);
  const command: MoveCommand = {
    at: Math.floor(deps.sharedClock().getTime() / 1000),
    by: source.sender,
    via: 'webhook',
    do: move,
    registration: id,
    ...(ifVersion === undefined ? {} : { ifVersion }),
    with: values,
  };
  await fireEarlierTimers(deps, command.at);
  return inStepTransaction(deps, async (tx) => {
    const done = await sourceMove(tx, source.id, messageId);
    if (done !== null) return { result: 'same', id: done };
    const { refused } = await applyMoveIn(deps, tx, command);
    if (refused !== null) throw refusalError(refused);
    await saveSourceMove(tx, { sourceId: source.id, messageId, registrationId: id, at: deps.clock() });
    return { result: 'moved', id };
  });
}

async function registrationNamed(deps: Deps, { sender }: RegistrationSource, named: string): Promise<string> {
  const [id] = uuidsOf(named);
  if (id !== undefined) return id;
  const [found] = await registrationsOfKeys(deps.db, [{ sender, key: named }]);
  if (found !== undefined) return found.registrationId;
  throw new AppError(
    'not_found',
    'registration: This source has submitted nothing with that key. Write the key of the submission, or the id that it was answered.',
    { field: 'registration' },
  );
}
