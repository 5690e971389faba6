import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Deps } from '#src/deps.ts';
import { decideTogether } from '#src/operations/registrations/queue/decide-together.ts';
import { undoDecisions } from '#src/operations/registrations/deferred/undo-decisions.ts';
import { confirmTypedDate } from '#src/operations/registrations/confirm-typed-date.ts';
import { reviewRegistration } from '#src/operations/registrations/review-registration.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { answers, idParams, shownBodyLimit } from '#src/http/schema.ts';
import { sharedMoveAnswer, sharedMoveBody, undoBody } from './lifecycle-schema.ts';
import { confirmDateBody, confirmedDate, decided, decisionBody } from './schema.ts';

/** People's decisions about a registration. */
export const registrationDecisionRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/registrations/:id/decision',
      {
        config: { access: 'decide_registrations' },
        bodyLimit: shownBodyLimit,
        schema: { params: idParams, body: decisionBody, response: answers(decided) },
      },
      async (request) =>
        reviewRegistration(deps, {
          registrationId: request.params.id,
          ...request.body,
          personId: personOf(request).id,
        }),
    );

    app.post(
      '/registrations/moves',
      {
        config: { access: 'move_registrations' },
        schema: { body: sharedMoveBody, response: answers(sharedMoveAnswer) },
      },
      async (request) => {
        const { move, registrations, undoSeconds, ...values } = request.body;
        const { email } = personOf(request);
        const decided = await decideTogether(deps, {
          by: email,
          move,
          registrations,
          undoSeconds,
          with: values,
        });
        return { decided: [...decided] };
      },
    );

    app.post(
      '/registrations/undo',
      {
        config: { access: 'move_registrations' },
        schema: { body: undoBody, response: answers(sharedMoveAnswer) },
      },
      async (request) => {
        const { email } = personOf(request);
        const { registrations } = request.body;
        return { decided: [...(await undoDecisions(deps, { by: email, registrations }))] };
      },
    );

    app.post(
      '/registrations/:id/confirm-date',
      {
        config: { access: 'decide_registrations' },
        bodyLimit: shownBodyLimit,
        schema: { params: idParams, body: confirmDateBody, response: answers(confirmedDate) },
      },
      async (request) =>
        confirmTypedDate(deps, {
          registrationId: request.params.id,
          ...request.body,
          personId: personOf(request).id,
        }),
    );
  };
