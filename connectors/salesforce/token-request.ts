import { z } from 'zod';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { Outbound } from '#connectors/contract/outbound.ts';
import { signInFailure, toConnectorError, toFailure } from './errors.ts';

const tokenShape = z.object({
  access_token: z.string(),
  instance_url: z.url(),
  /** `https://login.salesforce.com/id/<org>/<user>` */
  id: z.url(),
  refresh_token: z.string().optional(),
});
export type TokenReply = z.infer<typeof tokenShape>;
const refusalShape = z.object({ error: z.string(), error_description: z.string().default('') });

const timeoutMs = 30_000;
const busyStatus: ReadonlySet<number> = new Set([408, 420, 429]);

/**
 * Requests an access token, once.
 * @throws ConnectorError of class `auth` with Salesforce's answer and the fix, or of class `retry`
 */
export async function requestToken(
  outbound: Outbound,
  loginUrl: string,
  form: Readonly<Record<string, string>>,
): Promise<TokenReply> {
  const { status, text } = await post(
    outbound,
    `${loginUrl}/services/oauth2/token`,
    new URLSearchParams(form),
  );
  const reply = parseJson(text);
  const token = tokenShape.safeParse(reply);
  if (status === 200 && token.success) return token.data;
  // An overloaded login server says nothing about the credentials. As an `auth` failure it would pause the
  // connection for minutes.
  if (status >= 500 || busyStatus.has(status))
    throw new ConnectorError(
      toFailure(`ERROR_HTTP_${status}`, `The login URL answered ${status} without a token.`),
    );
  const refusal = refusalShape.safeParse(reply);
  if (refusal.success)
    throw new ConnectorError(signInFailure(refusal.data.error, refusal.data.error_description));
  throw new ConnectorError({
    class: 'auth',
    code: `ERROR_HTTP_${status}`,
    message: `The login URL answered ${status} without a token.`,
    fix: 'Connect again with a --login-url that is the address of a Salesforce login, such as https://login.salesforce.com.',
  });
}

async function post(
  outbound: Outbound,
  url: string,
  body: URLSearchParams,
): Promise<{ status: number; text: string }> {
  try {
    const response = await outbound(url, {
      method: 'POST',
      body,
      maxBytes: 1024 * 1024,
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    throw toConnectorError(error);
  }
}

/** Null when the answer is not JSON, such as the page of a proxy. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
