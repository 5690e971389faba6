import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { crmSourcesOf } from '#src/db/registrations/lifecycle/crm-record-store.ts';
import { registrationEvents } from '#src/db/registrations/lifecycle/event-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { addedFields } from '#src/domain/registrations/form/form.ts';
import { editableFields } from '#src/domain/registrations/lifecycle/editable-fields.ts';
import { offeredReasons } from '#src/domain/registrations/lifecycle/reasons.ts';
import { refusalText } from '#src/domain/registrations/lifecycle/shown/refusal-text.ts';
import type { Move } from '#src/domain/registrations/lifecycle/states.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { answers, idParams } from '#src/http/schema.ts';
import { deferralOf } from '#src/operations/registrations/deferred/deferral.ts';
import { applyLifecycleCommand } from '#src/operations/registrations/lifecycle/apply-command.ts';
import { previewRegistration } from '#src/operations/registrations/lifecycle/preview/preview-registration.ts';
import { submitRegistration } from '#src/operations/registrations/lifecycle/submit-registration.ts';
import { showForm } from '#src/operations/registrations/lifecycle/show-form.ts';
import { refusalError } from '#src/operations/registrations/lifecycle/refusal-error.ts';
import {
  showLifecycle,
  type LifecycleShown,
} from '#src/operations/registrations/lifecycle/show-lifecycle.ts';
import { deferredAnswer } from './deferred-answer.ts';
import { lifecycleAnswer, moveBody } from './lifecycle-schema.ts';
import {
  formAnswer,
  formQuery,
  previewAnswer,
  previewAnswerOf,
  submissionAnswer,
  submissionAnswerOf,
  submissionBody,
  termsFrom,
} from './submission-schema.ts';

/** The lifecycle of a registration: its state, what the signed-in person may do, its events, and the moves. */
export const registrationLifecycleRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/registrations/form',
      { config: { access: 'read' }, schema: { querystring: formQuery, response: answers(formAnswer) } },
      async ({ query }) => showForm(deps, query.language),
    );

    app.get(
      '/registrations/:id/lifecycle',
      { config: { access: 'read' }, schema: { params: idParams, response: answers(lifecycleAnswer) } },
      async (request) => answerOf(deps, request.params.id, personOf(request).email),
    );

    app.post(
      '/registrations',
      {
        config: { access: 'submit_registrations' },
        schema: { body: submissionBody, response: answers(submissionAnswer) },
      },
      async (request) => {
        const { terms, ...values } = request.body;
        const { refused, result } = await submitRegistration(deps, {
          by: personOf(request).email,
          via: 'api',
          with: { ...values, terms: termsFrom(terms) },
        });
        if (refused !== null) throw refusalError(refused);
        if (result === null) throw new AppError('internal', 'The submission has no result.');
        return submissionAnswerOf(result);
      },
    );

    app.post(
      '/registrations/preview',
      {
        config: { access: 'submit_registrations' },
        schema: { body: submissionBody, response: answers(previewAnswer) },
      },
      async (request) => {
        const { terms, ...values } = request.body;
        const submission = { ...values, terms: termsFrom(terms) };
        return previewAnswerOf(
          await previewRegistration(deps, { by: personOf(request).email, via: 'api', with: submission }),
        );
      },
    );

    app.post(
      '/registrations/:id/moves',
      {
        config: { access: 'move_registrations' },
        schema: { params: idParams, body: moveBody, response: answers(lifecycleAnswer) },
      },
      async (request) => {
        const { move, ifVersion, undoSeconds, ...values } = request.body;
        const { email } = personOf(request);
        if (move === 'edit') await refuseEditOfCrmRecord(deps, request.params.id);
        const { refused } = await applyLifecycleCommand(deps, {
          at: nowOf(deps),
          by: email,
          via: 'api',
          do: move,
          registration: request.params.id,
          ifVersion,
          defer: deferralOf(deps, move, undoSeconds),
          with: values,
        });
        if (refused !== null) throw refusalError(refused);
        return answerOf(deps, request.params.id, email);
      },
    );
  };

/** @throws AppError `conflict`: the CRM owns what was submitted there */
async function refuseEditOfCrmRecord({ db }: Deps, id: string): Promise<void> {
  if ((await crmSourcesOf(db, [id])).size === 0) return;
  throw new AppError(
    'conflict',
    'This registration is in a CRM. Edit it there, or on its page in the console.',
    { id },
  );
}

function nowOf({ sharedClock }: Deps): number {
  return Math.floor(sharedClock().getTime() / 1000);
}

async function answerOf(deps: Deps, id: string, by: string) {
  const shown = await showLifecycle(deps, id, { at: nowOf(deps), by });
  if (shown === null)
    throw new AppError(
      'not_found',
      'There is no such registration, or its programme has no lifecycle for it.',
      {
        id,
      },
    );
  const { registration, mayDecide, asked, step, steps, infoDeadline } = shown;
  const { state, version, reasonCode, terms, protectedUntil, programme, extensionOpenBy, extensionsUsed } =
    registration;
  const { deferred, notApplied } = registration;
  const clock = state === 'appealed' ? shown.appealClock : shown.decisionClock;
  const legalMoves = legalFor(shown, by);
  return {
    id,
    state,
    version,
    reasonCode,
    terms: { ...terms },
    createdBy: registration.createdBy && [...registration.createdBy],
    protectedUntil,
    programVersion: programme.version,
    step,
    steps,
    infoDeadline,
    isExtensionOpen: extensionOpenBy !== null,
    extensionsUsed,
    decisionDue: clock?.dueAt == null ? null : instantOf(clock.dueAt),
    clock: clock?.state ?? null,
    mayDecide: [...mayDecide],
    asked: [...asked],
    legalMoves,
    deferred: deferred && deferredAnswer(deferred),
    notApplied: notApplied && {
      ...notApplied,
      at: instantOf(notApplied.at),
      message: refusalText(notApplied.reason),
    },
    reasons: Object.fromEntries(
      legalMoves
        .map((move) => [move, [...offeredReasons(move, shown.reasons)]] as const)
        .filter(([, reasons]) => reasons.length > 0),
    ),
    reasonText: registration.reasonText,
    editableFields:
      shown.person === null ? [] : [...editableFields(state, shown.person.role, addedFields(programme.form))],
    events: (await registrationEvents(deps.db, id)).map(({ event, evidence }) => ({
      at: event.at,
      move: event.move,
      actor: event.actor,
      role: event.role,
      via: event.via,
      reasonCode: event.reasonCode,
      refusal: event.refusal,
      before: event.before,
      after: event.after,
      changedTerms: [...event.changedTerms],
      given: evidence?.given ?? null,
      version: event.version,
      programVersion: event.programVersion,
    })),
  };
}

const instantOf = (seconds: number) => new Date(seconds * 1000);

/** The moves of the person's role, without decisions that other people make. */
function legalFor({ registration, person, legal, mayDecide }: LifecycleShown, by: string): Move[] {
  if (person === null || registration.deferred !== null) return [];
  const decisions: readonly Move[] = ['approve', 'reject', 'uphold', 'overturn'];
  return legal[person.role].filter((move) => !decisions.includes(move) || mayDecide.includes(by));
}
