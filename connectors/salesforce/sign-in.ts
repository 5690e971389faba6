import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { z } from 'zod';
import { ConnectorError } from '../connector.ts';
import { signInFailure, toConnectorError } from './errors.ts';
import type { SalesforceSettings } from './settings.ts';

const tokenShape = z.object({ access_token: z.string(), instance_url: z.url(), id: z.url() });
const refusalShape = z.object({ error: z.string(), error_description: z.string().default('') });

/** Salesforce accepts an assertion that ends within five minutes. */
const assertionLifetimeMs = 3 * 60_000;
const timeoutMs = 30_000;

export interface SalesforceSession {
  readonly accessToken: string;
  readonly instanceUrl: string;
  readonly userId: string;
}

/**
 * OAuth 2.0 JWT bearer flow: no password, no refresh token that rotates, a new token whenever the old one has expired.
 * @throws ConnectorError of class `auth` with Salesforce's answer and what to change.
 */
export async function signIn(settings: SalesforceSettings, now: Date): Promise<SalesforceSession> {
  const assertion = await new SignJWT({ iss: settings.clientId, sub: settings.username, aud: settings.audience })
    .setProtectedHeader({ alg: 'RS256' })
    .setExpirationTime(new Date(now.getTime() + assertionLifetimeMs))
    .sign(readKey(settings.privateKeyPem));
  const body = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });
  const { status, text } = await post(`${settings.loginUrl}/services/oauth2/token`, body);
  const reply = parseJson(text);
  const token = tokenShape.safeParse(reply);
  if (status === 200 && token.success) {
    return { accessToken: token.data.access_token, instanceUrl: token.data.instance_url, userId: token.data.id.split('/').at(-1) ?? '' };
  }
  const refusal = refusalShape.safeParse(reply);
  if (refusal.success) throw new ConnectorError(signInFailure(refusal.data.error, refusal.data.error_description));
  throw new ConnectorError({
    class: status >= 500 ? 'retry' : 'auth',
    code: `ERROR_HTTP_${status}`,
    message: `The login URL answered ${status} without a token.`,
    fix: 'Check that the login URL is the address of a Salesforce login, such as https://login.salesforce.com.',
  });
}

async function post(url: string, body: URLSearchParams): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(url, { method: 'POST', body, signal: AbortSignal.timeout(timeoutMs) });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    throw toConnectorError(error);
  }
}

/** What came back, or null when it is no JSON: a proxy's page, say. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function readKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    const failure = {
      class: 'auth',
      code: 'private_key_unreadable',
      message: 'The private key is not a PEM key.',
      fix: 'Paste the whole private key, with its BEGIN and END lines.',
    } as const;
    throw new ConnectorError(failure, error);
  }
}
