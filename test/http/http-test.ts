import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import type { Env } from '#src/config/env.ts';
import type { Role } from '#src/db/schema/people.ts';
import type { Deps } from '#src/deps.ts';
import { buildApp } from '#src/http/app.ts';
import { startDeps } from '#test/support/deps.ts';
import { addPerson, openPasskeySession } from '#test/support/people/people.ts';

/** The API on a separate database, with a clock that tests move. */
export interface HttpTest extends AsyncDisposable {
  readonly deps: Deps;
  readonly app: FastifyInstance;
  /** Moves the clock forward. */
  readonly pass: (ms: number) => void;
  /** The cookies of somebody signed in. */
  cookiesOf(role: Role, name?: string): Promise<Record<string, string>>;
  /**
   * Requests as somebody with this role; `null` is a visitor who is not signed in. They carry the header that
   * mutations without an origin need.
   */
  as(role: Role | null, name?: string): Promise<(request: Request) => Promise<LightMyRequestResponse>>;
}

export interface Request {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly payload?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HttpTestOptions {
  readonly publicUrl?: string;
  /** A Wednesday, so that two business days are two days. */
  readonly now?: string;
  /** More settings. */
  readonly env?: Env;
  /** Replaces the vendors. */
  readonly connectorFor?: Deps['connectorFor'];
}

export async function startHttp({
  publicUrl,
  now = '2026-11-18T10:00:00Z',
  connectorFor,
  env = {},
}: HttpTestOptions = {}): Promise<HttpTest> {
  await using starting = new AsyncDisposableStack();
  const { deps: built, pass } = starting.use(
    await startDeps({ now, extraEnv: env, ...(publicUrl === undefined ? {} : { publicUrl }) }),
  );
  const deps = connectorFor === undefined ? built : { ...built, connectorFor };
  const app = buildApp(deps);
  starting.defer(() => app.close());
  await app.ready();
  const owned = starting.move();
  const cookieName = publicUrl?.startsWith('https') === true ? '__Host-fairway_session' : 'fairway_session';
  const cookiesOf = async (role: Role, name: string = role) => ({
    [cookieName]: await sessionOf(deps, role, name),
  });
  return {
    deps,
    app,
    pass,
    cookiesOf,
    async as(role, name) {
      const cookies = role === null ? {} : await cookiesOf(role, name);
      return ({ method = 'GET', url, payload, headers = {} }) => {
        const request: InjectOptions = {
          method,
          url,
          cookies,
          headers: { 'x-fairway': '1', ...headers },
          ...(payload === undefined ? {} : { payload }),
        };
        return app.inject(request);
      };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

export async function sessionOf(deps: Deps, role: Role, name: string): Promise<string> {
  const person = await addPerson(deps, { email: `${name}@vendor.test`, name, role });
  return openPasskeySession(deps, person.id);
}
