import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { isInProduction } from '#src/db/people/approval-store.ts';
import type { LiveSession } from '#src/db/people/access-store.ts';
import type { Deps } from '#src/deps.ts';
import { noticesFor } from '#src/operations/people/notices.ts';
import { passkeySignInOptions, signInWithPasskey } from '#src/operations/people/passkeys.ts';
import { askAgain, useRecovery } from '#src/operations/people/recover-person.ts';
import { resolveSession, signIn, type SignedIn, signOut } from '#src/operations/people/sign-in.ts';
import { permissionsOf } from '#src/http/permissions.ts';
import {
  clearSessionCookie,
  personOf,
  readSessionCookie,
  liveSessionOf,
  setSessionCookie,
} from '#src/http/plugins/session.ts';
import { answers } from '#src/http/schema.ts';
import { optionsAnswer } from './passkey-schema.ts';
import { limitSignIns } from './sign-in-limit.ts';
import { askBody, asked, me, passkeySignInBody, recoveryBody, signInBody } from './sign-in-schema.ts';
import { siteOf } from './site.ts';

const open = { access: 'public' } as const;

export const signInRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    const limit = limitSignIns(app);
    const browserOf = (request: { headers: Record<string, unknown> }) => {
      const named = request.headers['user-agent'];
      return typeof named === 'string' ? named : undefined;
    };
    const answer = async (signedIn: SignedIn) => {
      const live = await resolveSession(deps, signedIn.sessionToken);
      return meOf(deps, live ?? { person: signedIn.person, session: null });
    };

    app.post(
      '/sign-in',
      { config: open, schema: { body: signInBody, response: answers(me) } },
      async (request, reply) => {
        const { token } = request.body;
        const signedIn = await limit(request, token, () =>
          signIn(deps, { token, userAgent: browserOf(request) }),
        );
        setSessionCookie(reply, deps, signedIn.sessionToken);
        return answer(signedIn);
      },
    );

    app.post(
      '/sign-in/passkey/options',
      { config: open, schema: { response: answers(optionsAnswer) } },
      async (request) => ({ options: { ...(await passkeySignInOptions(deps, siteOf(deps, request))) } }),
    );

    app.post(
      '/sign-in/passkey',
      { config: open, schema: { body: passkeySignInBody, response: answers(me) } },
      async (request, reply) => {
        const response = request.body.response as unknown as AuthenticationResponseJSON;
        const site = siteOf(deps, request);
        const signedIn = await limit(request, response.id, () =>
          signInWithPasskey(deps, site, response, browserOf(request)),
        );
        setSessionCookie(reply, deps, signedIn.sessionToken);
        return answer(signedIn);
      },
    );

    app.post(
      '/recovery',
      {
        config: { ...open, rateLimit: { max: 10, timeWindow: '1 minute' } },
        schema: { body: askBody, response: answers(asked) },
      },
      async (request) => ({
        ...(await askAgain(deps, request.body.email)),
        isMailed: deps.mailer !== null,
      }),
    );

    app.post(
      '/recovery/use',
      { config: open, schema: { body: recoveryBody, response: answers(me) } },
      async (request, reply) => {
        const { token } = request.body;
        const signedIn = await useRecovery(deps, { token, userAgent: browserOf(request) });
        setSessionCookie(reply, deps, signedIn.sessionToken);
        return answer(signedIn);
      },
    );

    app.post(
      '/sign-out',
      { config: open, schema: { response: answers(z.object({})) } },
      async (request, reply) => {
        const token = readSessionCookie(request, deps);
        if (token !== null) await signOut(deps, token);
        clearSessionCookie(reply, deps);
        return {};
      },
    );

    app.get(
      '/me',
      { config: { access: 'read', withLink: true }, schema: { response: answers(me) } },
      async (request) => meOf(deps, { person: personOf(request), session: liveSessionOf(request) }),
    );
  };

async function meOf(
  deps: Deps,
  { person, session }: Pick<LiveSession, 'person'> & { readonly session: LiveSession['session'] | null },
) {
  const { id, name, email, role } = person;
  const inProduction = await isInProduction(deps.db);
  return {
    id,
    name,
    email,
    role,
    permissions: permissionsOf(role),
    inProduction,
    needsPasskey: inProduction && session?.passkeyId === null,
    notices: [...(await noticesFor(deps, person))],
  };
}
