import cookie from '@fastify/cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { LiveSession, Session } from '#src/db/people/access-store.ts';
import type { Person } from '#src/db/people/person-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { resolveSession, sessionLifeMs } from '#src/operations/people/sign-in.ts';
import { may, type Permission } from '#src/http/permissions.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The signed-in person; null on public routes. */
    person: Person | null;
    /** Their session; null on public routes. */
    session: Session | null;
  }
  interface FastifyContextConfig {
    /** The permission that the route requires; `public` needs no sign-in. */
    access?: Permission | 'public';
  }
}

/**
 * Reads the session cookie and checks the `access` of each route. Registering an API route without `access`
 * throws, so that no route is open by mistake.
 */
export function addSessions(app: FastifyInstance, deps: Deps): void {
  app.register(cookie);
  app.decorateRequest('person', null);
  app.decorateRequest('session', null);
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith('/api/') && route.config?.access === undefined)
      throw new Error(`${route.url} does not declare its access`);
  });
  app.addHook('onRequest', async (request) => {
    const access = request.routeOptions.config.access ?? 'public';
    if (access === 'public') return;
    const token = readSessionCookie(request, deps);
    const found: LiveSession | null = token === null ? null : await resolveSession(deps, token);
    request.person = found?.person ?? null;
    request.session = found?.session ?? null;
    if (request.person === null) throw new AppError('not_signed_in', 'Sign in first.');
    if (!may(request.person.role, access)) {
      throw new AppError('not_allowed', `Your role (${request.person.role}) may not do this. Ask an admin.`, {
        access,
      });
    }
  });
}

/** @throws AppError `not_signed_in` on a public route. */
export function personOf(request: FastifyRequest): Person {
  if (request.person === null) throw new AppError('not_signed_in', 'Sign in first.');
  return request.person;
}

/** @throws AppError `not_signed_in` on a public route. */
export function liveSessionOf(request: FastifyRequest): Session {
  if (request.session === null) throw new AppError('not_signed_in', 'Sign in first.');
  return request.session;
}

export function readSessionCookie(request: FastifyRequest, deps: Deps): string | null {
  return request.cookies[cookieName(deps)] ?? null;
}

export function setSessionCookie(reply: FastifyReply, deps: Deps, sessionToken: string): void {
  reply.setCookie(cookieName(deps), sessionToken, { ...cookieOptions(deps), maxAge: sessionLifeMs / 1000 });
}

export function clearSessionCookie(reply: FastifyReply, deps: Deps): void {
  reply.clearCookie(cookieName(deps), cookieOptions(deps));
}

/** Browsers accept a cookie with the `__Host-` prefix only over https and only from exactly this host. */
function cookieName(deps: Deps): string {
  return isHttps(deps) ? '__Host-fairway_session' : 'fairway_session';
}

function cookieOptions(deps: Deps) {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure: isHttps(deps) } as const;
}

function isHttps(deps: Deps): boolean {
  return deps.config.publicUrl?.startsWith('https://') === true;
}
