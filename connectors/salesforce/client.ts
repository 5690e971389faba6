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
/** The `Date` header and the stamps of records are in whole seconds. */
const clockGrainMs = 1000;

const resourcesShape = z.object({ identity: z.url() });

/** Sends every request of jsforce through our transport, also those of its metadata API. */
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

export interface ClientAnswer {
  readonly body: unknown;
  /** The vendor's clock, ISO 8601 UTC. */
  readonly answeredAt: string;
  /** The vendor's clock before the call. Every record that the call wrote has this stamp or a later one. */
  readonly stampedFrom: string;
}

/** Calls one org: signs in when needed, retries transient failures, and throws ConnectorErrors. */
export class SalesforceClient {
  readonly #wire: Wire;
  readonly #gate: CallGate;
  readonly #connection: Connection;
  readonly #signIn: SignIn;
  #session: Promise<SalesforceSession> | null = null;
  #renewalFailure: ConnectorError | null = null;
  /** Sign-ins since the last accepted call. A second one in a row means that a new token was refused. */
  #renewals = 0;

  constructor(
    settings: SalesforceSettings,
    { now, gate, tokens, outbound }: Pick<ConnectorInput, 'now' | 'gate' | 'tokens' | 'outbound'>,
  ) {
    this.#gate = gate;
    this.#wire = { gate, outbound, calls: 0, limits: { used: null, allowed: null } };
    this.#signIn = signInBy(settings, now, tokens, outbound);
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

  /** The id of the user that the connection works as. */
  async userId(): Promise<string> {
    const { identity } = await this.#signedIn();
    const address =
      identity ?? resourcesShape.parse((await this.repeatable({ method: 'GET', url: '/' })).body).identity;
    return address.split('/').at(-1) ?? '';
  }

  /** The address and the access token, for the vendor's other APIs. */
  async session(): Promise<Pick<SalesforceSession, 'instanceUrl' | 'accessToken'>> {
    return this.#signedIn();
  }

  /**
   * Replaces the session after another API of the vendor refused this access token. @throws ConnectorError
   */
  async renew(refused: string): Promise<void> {
    if ((await this.#signedIn()).accessToken !== refused) return;
    await this.#renew(refused);
    this.#renewals = 0; // The caller sees whether the other API accepts the new token.
  }

  /** A call that may be repeated: a read, an update by id, an upsert by key. @throws ConnectorError */
  async repeatable(request: HttpRequest, options: ExchangeOptions = {}): Promise<ClientAnswer> {
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

  /** The first page of a query's answer. @throws ConnectorError */
  async query(soql: string): Promise<unknown> {
    const url = `/query?q=${encodeURIComponent(soql)}`;
    return (await this.repeatable({ method: 'GET', url })).body;
  }

  /** A call that must not be repeated. @throws ConnectorError */
  async once(request: HttpRequest, options: ExchangeOptions = {}): Promise<ClientAnswer> {
    return this.#send(request, options, performance.now());
  }

  /**
   * @param begunMs the start of the first attempt, because any attempt may be the one that was carried out
   */
  async #send(request: HttpRequest, options: ExchangeOptions, begunMs: number): Promise<ClientAnswer> {
    const transport = new FetchTransport(this.#wire, options);
    const body = await this.#guarded((connection) =>
      connection.request({ ...request, headers: { ...request.headers } }, { transport }),
    );
    const { answeredAt } = transport;
    if (answeredAt === null) throw new Error('Salesforce answered without a Date header');
    const callMs = Math.ceil(performance.now() - begunMs);
    return {
      body,
      answeredAt,
      stampedFrom: new Date(Date.parse(answeredAt) - callMs - clockGrainMs).toISOString(),
    };
  }

  /** The currency of an org that has only one; null in an org with several. @throws ConnectorError */
  async onlyCurrency(): Promise<string | null> {
    const user = await this.#guarded(async (connection) => connection.soap.getUserInfo());
    return user.organizationMultiCurrency ? null : (user.orgDefaultCurrencyIsoCode ?? null);
  }

  /** Starts a metadata deployment and returns its id. @throws ConnectorError */
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
      /** jsforce keeps only the message of a failed renewal. The original failure has the fix. */
      if (
        this.#renewalFailure &&
        error instanceof Error &&
        error.message.startsWith('Unable to refresh session')
      )
        throw this.#renewalFailure;
      throw error instanceof ConnectorError ? error : await this.#holdOnLimit(toConnectorError(error));
    }
  }

  /** When Salesforce refuses a call because of its limit, all processes that call this org must wait. */
  async #holdOnLimit(error: ConnectorError): Promise<ConnectorError> {
    const { code, retryAfterMs } = error.failure;
    if (code === 'REQUEST_LIMIT_EXCEEDED' && retryAfterMs !== undefined)
      await this.#gate.hold('day', retryAfterMs);
    return error;
  }

  #signedIn(): Promise<SalesforceSession> {
    return (this.#session ??= this.#useSession(this.#signIn.open()));
  }

  #useSession(opening: Promise<SalesforceSession>): Promise<SalesforceSession> {
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
        throw new ConnectorError(
          signInFailure('INVALID_SESSION_ID', 'Salesforce refused a new access token'),
        );
      this.#session = this.#useSession(this.#signIn.renew(refused));
      return await this.#session;
    } catch (error) {
      this.#renewalFailure = toConnectorError(error);
      this.#renewals = 0;
      throw error;
    }
  }
}
