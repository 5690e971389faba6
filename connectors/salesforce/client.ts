import { Connection } from 'jsforce';
import type { HttpRequest, Schema } from 'jsforce';
import type { StreamPromise } from 'jsforce/lib/util/promise.js';
import pRetry from 'p-retry';
import { z } from 'zod';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { CallGate, Limits } from '#connectors/contract/limits.ts';
import type { ConnectorInput } from '#connectors/contract/remote-system.ts';
import { signInFailure, toConnectorError } from './errors.ts';
import type { SalesforceSettings } from './settings.ts';
import { signInBy } from './sign-in.ts';
import type { SalesforceSession, SignIn } from './sign-in.ts';
import { FetchTransport } from './transport.ts';
import type { ExchangeOptions, Wire } from './transport.ts';

const retries = 3;
const firstRetryMs = 250;
/** The vendor's `Date` header and its stamps are in whole seconds. */
const clockGrainMs = 1000;

const resourcesShape = z.object({ identity: z.url() });

/** Every request of jsforce, also those its metadata API makes, goes through our transport. */
class MeteredConnection<S extends Schema> extends Connection<S> {
  readonly #wire: Wire;

  constructor(wire: Wire, config: ConstructorParameters<typeof Connection<S>>[0]) {
    super(config);
    this.#wire = wire;
  }

  override request<R = unknown>(request: string | HttpRequest, options: object = {}): StreamPromise<R> {
    return super.request<R>(request, { transport: new FetchTransport(this.#wire), ...options });
  }
}

export interface Answer {
  readonly body: unknown;
  /** The vendor's clock, ISO 8601 UTC. */
  readonly answeredAt: string;
  /** By the vendor's clock: whatever this call wrote bears this stamp or a later one. */
  readonly stampedFrom: string;
}

/**
 * A signed-in conversation with one org: signs in when needed, retries what passes, and speaks in
 * ConnectorErrors.
 */
export class SalesforceClient {
  readonly #wire: Wire;
  readonly #gate: CallGate;
  readonly #connection: Connection;
  readonly #signIn: SignIn;
  #session: Promise<SalesforceSession> | null = null;
  #renewalFailure: ConnectorError | null = null;
  /**
   * Sign-ins since the last call that was let in; a second one in a row means that a fresh token is refused.
   */
  #renewals = 0;

  constructor(
    settings: SalesforceSettings,
    { now, gate, tokens }: Pick<ConnectorInput, 'now' | 'gate' | 'tokens'>,
  ) {
    this.#gate = gate;
    this.#wire = { gate, calls: 0, limits: { used: null, allowed: null } };
    this.#signIn = signInBy(settings, now, tokens);
    this.#connection = new MeteredConnection(this.#wire, {
      loginUrl: settings.loginUrl,
      version: settings.apiVersion,
      callOptions: { client: 'fairway' },
      refreshFn: (connection, callback) => {
        void this.#renew(connection.accessToken ?? '').then(
          (session) => callback(null, session.accessToken),
          (error: Error) => callback(error),
        );
      },
    });
  }

  /** The user the connection works as. */
  async userId(): Promise<string> {
    const { identity } = await this.#signedIn();
    const address =
      identity ?? resourcesShape.parse((await this.repeatable({ method: 'GET', url: '/' })).body).identity;
    return address.split('/').at(-1) ?? '';
  }

  /** Where and with what the connection is signed in, for the vendor's other APIs. */
  async session(): Promise<Pick<SalesforceSession, 'instanceUrl' | 'accessToken'>> {
    return this.#signedIn();
  }

  /** Another session, after another API of the vendor refused this access token. @throws ConnectorError */
  async renew(refused: string): Promise<void> {
    if ((await this.#signedIn()).accessToken !== refused) return;
    await this.#renew(refused);
    this.#renewals = 0; // whether that API lets the new token in is for its caller to see
  }

  /** A call that may be repeated: a read, an update by id, an upsert by key. @throws ConnectorError */
  async repeatable(request: HttpRequest, options: ExchangeOptions = {}): Promise<Answer> {
    const begunMs = performance.now();
    return pRetry(() => this.#send(request, options, begunMs), {
      retries,
      minTimeout: firstRetryMs,
      randomize: true,
      shouldRetry: ({ error }) =>
        error instanceof ConnectorError &&
        error.failure.class === 'retry' &&
        error.failure.code !== 'INVALID_QUERY_LOCATOR',
    });
  }

  /** A call that is sent once. @throws ConnectorError */
  async once(request: HttpRequest, options: ExchangeOptions = {}): Promise<Answer> {
    return this.#send(request, options, performance.now());
  }

  /** @param begunMs when the first attempt began, as any of them may be the one that was carried out */
  async #send(request: HttpRequest, options: ExchangeOptions, begunMs: number): Promise<Answer> {
    const transport = new FetchTransport(this.#wire, options);
    const body = await this.#guarded((connection) =>
      connection.request({ ...request, headers: { ...request.headers } }, { transport }),
    );
    const { answeredAt } = transport;
    if (answeredAt === null) throw new Error('Salesforce answered without a Date header');
    const tookMs = Math.ceil(performance.now() - begunMs);
    return {
      body,
      answeredAt,
      stampedFrom: new Date(Date.parse(answeredAt) - tookMs - clockGrainMs).toISOString(),
    };
  }

  /** Starts a metadata deployment and gives its id. @throws ConnectorError */
  async deploy(zip: Buffer): Promise<string> {
    const { id } = await this.#guarded(async (connection) =>
      connection.metadata.deployRest(zip, { singlePackage: true, rollbackOnError: true }),
    );
    return id;
  }

  calls(): number {
    return this.#wire.calls;
  }

  limits(): Limits {
    return this.#wire.limits;
  }

  async #guarded<T>(work: (connection: Connection) => PromiseLike<T>): Promise<T> {
    await this.#signedIn();
    try {
      const result = await work(this.#connection);
      this.#renewals = 0;
      return result;
    } catch (error) {
      /** jsforce keeps only the message of a failed renewal; the failure itself says what to change. */
      if (
        this.#renewalFailure &&
        error instanceof Error &&
        error.message.startsWith('Unable to refresh session')
      )
        throw this.#renewalFailure;
      throw error instanceof ConnectorError ? error : await this.#refused(toConnectorError(error));
    }
  }

  /** Salesforce's own refusal for too many calls concerns everybody who works with this org. */
  async #refused(error: ConnectorError): Promise<ConnectorError> {
    const { code, retryAfterMs } = error.failure;
    if (code === 'REQUEST_LIMIT_EXCEEDED' && retryAfterMs !== undefined)
      await this.#gate.hold('day', retryAfterMs);
    return error;
  }

  #signedIn(): Promise<SalesforceSession> {
    return (this.#session ??= this.#enter(this.#signIn.open()));
  }

  #enter(opening: Promise<SalesforceSession>): Promise<SalesforceSession> {
    return opening
      .then((session) => {
        this.#connection.instanceUrl = session.instanceUrl;
        this.#connection.accessToken = session.accessToken;
        return session;
      })
      .catch((error: unknown) => {
        this.#session = null;
        throw error;
      });
  }

  async #renew(refused: string): Promise<SalesforceSession> {
    this.#renewals += 1;
    try {
      if (this.#renewals > 1)
        throw new ConnectorError(signInFailure('INVALID_SESSION_ID', 'a new access token was refused'));
      this.#session = this.#enter(this.#signIn.renew(refused));
      return await this.#session;
    } catch (error) {
      this.#renewalFailure = toConnectorError(error);
      this.#renewals = 0;
      throw error;
    }
  }
}
