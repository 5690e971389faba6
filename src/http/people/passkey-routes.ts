import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { passkeysOf } from '#src/db/people/passkey-store.ts';
import type { Deps } from '#src/deps.ts';
import {
  addPasskey,
  confirmAction,
  confirmationOptions,
  passkeyOptions,
  removePasskey,
} from '#src/operations/people/passkeys.ts';
import { requireConfirmation } from '#src/http/plugins/confirmation.ts';
import { personOf, liveSessionOf } from '#src/http/plugins/session.ts';
import { answers, idParams } from '#src/http/schema.ts';
import {
  confirmBody,
  confirmOptionsBody,
  newPasskeyBody,
  optionsAnswer,
  passkeys,
} from './passkey-schema.ts';
import { siteOf } from './site.ts';

const done = z.object({});
/** A session from a link may use these routes, to add the passkey that all other routes need. */
const access = { config: { access: 'read', withLink: true } } as const;

/** One's own passkeys, and the confirmation of an action with one: `/me/passkeys`, `/me/confirm`. */
export const passkeyRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/me/passkeys', { ...access, schema: { response: answers(passkeys) } }, async (request) => ({
      passkeys: [...(await passkeysOf(deps.db, personOf(request).id))],
    }));

    app.post(
      '/me/passkeys/options',
      { ...access, schema: { response: answers(optionsAnswer) } },
      async (request) => ({
        options: { ...(await passkeyOptions(deps, siteOf(deps, request), selfOf(request))) },
      }),
    );

    app.post(
      '/me/passkeys',
      { ...access, schema: { body: newPasskeyBody, response: answers(done) } },
      async (request) => {
        // The first passkey comes with a link; a further one needs one that is there already.
        if (liveSessionOf(request).passkeyId !== null) await requireConfirmation(deps, request, 'change');
        const { name, response } = request.body;
        await addPasskey(deps, siteOf(deps, request), selfOf(request), {
          name,
          response: response as unknown as RegistrationResponseJSON,
        });
        return {};
      },
    );

    app.delete(
      '/me/passkeys/:id',
      {
        config: { access: 'read', confirm: 'change' },
        schema: { params: idParams, response: answers(done) },
      },
      async (request) => {
        await removePasskey(deps, selfOf(request), request.params.id);
        return {};
      },
    );

    app.post(
      '/me/confirm/options',
      {
        config: { access: 'read' },
        schema: { body: confirmOptionsBody, response: answers(optionsAnswer) },
      },
      async (request) => ({
        options: {
          ...(await confirmationOptions(deps, siteOf(deps, request), selfOf(request), request.body.action)),
        },
      }),
    );

    app.post(
      '/me/confirm',
      { config: { access: 'read' }, schema: { body: confirmBody, response: answers(done) } },
      async (request) => {
        const { action, response } = request.body;
        await confirmAction(deps, siteOf(deps, request), selfOf(request), {
          action,
          response: response as unknown as AuthenticationResponseJSON,
        });
        return {};
      },
    );
  };

const selfOf = (request: Parameters<typeof personOf>[0]) => ({
  person: personOf(request),
  session: liveSessionOf(request),
});
