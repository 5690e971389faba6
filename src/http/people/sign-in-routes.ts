import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Person } from '#src/db/people/person-store.ts';
import type { Deps } from '#src/deps.ts';
import { signIn, signOut } from '#src/operations/people/sign-in.ts';
import { permissionsOf } from '#src/http/permissions.ts';
import {
  clearSessionCookie,
  personOf,
  readSessionCookie,
  setSessionCookie,
} from '#src/http/plugins/session.ts';
import { answers } from '#src/http/schema.ts';
import { me, signInBody } from './sign-in-schema.ts';

export const signInRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/sign-in',
      {
        // A token is too long to guess: the limit keeps a flood away from the database.
        config: { access: 'public', rateLimit: { max: 10, timeWindow: '1 minute' } },
        schema: { body: signInBody, response: answers(me) },
      },
      async (request, reply) => {
        const { sessionToken, person } = await signIn(deps, {
          ...request.body,
          userAgent: request.headers['user-agent'],
        });
        setSessionCookie(reply, deps, sessionToken);
        return meOf(person);
      },
    );

    app.post(
      '/sign-out',
      { config: { access: 'public' }, schema: { response: answers(z.object({})) } },
      async (request, reply) => {
        const token = readSessionCookie(request, deps);
        if (token !== null) await signOut(deps, token);
        clearSessionCookie(reply, deps);
        return {};
      },
    );

    app.get('/me', { config: { access: 'read' }, schema: { response: answers(me) } }, async (request) =>
      meOf(personOf(request)),
    );
  };

function meOf({ id, name, email, role }: Person) {
  return { id, name, email, role, permissions: permissionsOf(role) };
}
