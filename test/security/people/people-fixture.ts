import { sql } from 'drizzle-orm';
import type { LightMyRequestResponse } from 'fastify';
import type { Role } from '#src/db/schema/people.ts';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { type HttpTest, type HttpTestOptions, type Request, startHttp } from '#test/http/http-test.ts';
import { seedConsole } from '#test/support/console-data.ts';

export interface PeopleWorld extends AsyncDisposable {
  readonly http: HttpTest;
  /** A drafted payout batch of the sample data. */
  readonly batchId: string;
  /** Requests with the cookie of one session. */
  with(cookie: string): (request: Request) => Promise<LightMyRequestResponse>;
  /** Signs in with the token of a link; the cookie, or the refusal's message. */
  enter(token: string): Promise<{ readonly cookie: string | null; readonly refusal: string | null }>;
  /** A person that the server's command line added, signed in with the link. */
  fromServer(email: string, role: Role): Promise<string>;
  batchStatus(): Promise<string>;
  /** A step of the batch as the session’s page shows it. */
  batchStep(cookie: string, name: string): Promise<LightMyRequestResponse>;
}

/** The sample data behind the API, while only the sandbox is connected. */
export async function startPeopleWorld(options: HttpTestOptions = {}): Promise<PeopleWorld> {
  const http = await startHttp(options);
  await seedConsole(http.deps);
  const rows = await http.deps.db.execute<{ id: string }>(sql`select id from payout_batch limit 1`);
  const batchId = rows[0]?.id ?? '';
  const enter: PeopleWorld['enter'] = async (token) => {
    const response = await http.app.inject({
      method: 'POST',
      url: '/api/sign-in',
      headers: { 'x-fairway': '1' },
      payload: { token },
    });
    const cookie = response.cookies[0]?.value ?? null;
    return { cookie, refusal: cookie === null ? response.json().error.message : null };
  };
  const by: PeopleWorld['with'] =
    (cookie) =>
    ({ method = 'GET', url, payload, headers = {} }) =>
      http.app.inject({
        method,
        url,
        cookies: { fairway_session: cookie },
        headers: { 'x-fairway': '1', ...headers },
        ...(payload === undefined ? {} : { payload }),
      });
  return {
    http,
    batchId,
    enter,
    with: by,
    async batchStep(cookie, name) {
      const url = `/api/payouts/${batchId}`;
      const { shown = {} } = (await by(cookie)({ url })).json();
      return by(cookie)({ method: 'POST', url: `${url}/${name}`, payload: { shown } });
    },
    async fromServer(email, role) {
      const { token } = await createLoginLink(http.deps, { email, role });
      const { cookie } = await enter(token);
      if (cookie === null) throw new Error(`${email} could not sign in`);
      return cookie;
    },
    async batchStatus() {
      const [row] = await http.deps.db.execute<{ status: string }>(
        sql`select status from payout_batch where id = ${batchId}`,
      );
      return row?.status ?? 'gone';
    },
    [Symbol.asyncDispose]: () => http[Symbol.asyncDispose](),
  };
}

/** The token in a sign-in link; null without a link. */
export function tokenIn(link: unknown): string | null {
  return typeof link === 'string' ? new URL(link).searchParams.get('token') : null;
}
