import { Connection } from 'jsforce';
import type { HttpRequest, Schema } from 'jsforce';
import type { StreamPromise } from 'jsforce/lib/util/promise.js';
import pRetry from 'p-retry';
import { ConnectorError } from '../connector.ts';
import type { Limits } from '../connector.ts';
import { signInFailure, toConnectorError } from './errors.ts';
import type { SalesforceSettings } from './settings.ts';
import { signIn } from './sign-in.ts';
import type { SalesforceSession } from './sign-in.ts';
import { FetchTransport } from './transport.ts';
import type { Meter } from './transport.ts';

const retries = 3;
const firstRetryMs = 250;

/** Every request of jsforce, also those its metadata API makes, goes through our transport. */
class MeteredConnection<S extends Schema> extends Connection<S> {
  readonly #meter: Meter;

  constructor(meter: Meter, config: ConstructorParameters<typeof Connection<S>>[0]) {
    super(config);
    this.#meter = meter;
  }

  override request<R = unknown>(request: string | HttpRequest, options: object = {}): StreamPromise<R> {
    return super.request<R>(request, { transport: new FetchTransport(this.#meter), ...options });
  }
}

export interface Answer {
  readonly body: unknown;
  /** The vendor's clock, ISO 8601 UTC. */
  readonly answeredAt: string;
}

/** A signed-in conversation with one org: signs in when needed, retries what passes, and speaks in ConnectorErrors. */
export class SalesforceClient {
  readonly #settings: SalesforceSettings;
  readonly #now: () => Date;
  readonly #meter: Meter = { calls: 0 };
  readonly #connection: Connection;
  #session: Promise<SalesforceSession> | null = null;
  #renewalFailure: ConnectorError | null = null;
  /** Sign-ins since the last call that was let in; a second one in a row means that a fresh token is refused. */
  #renewals = 0;

  constructor(settings: SalesforceSettings, now: () => Date) {
    this.#settings = settings;
    this.#now = now;
    this.#connection = new MeteredConnection(this.#meter, {
      loginUrl: settings.loginUrl,
      version: settings.apiVersion,
      callOptions: { client: 'fairway' },
      refreshFn: (_connection, callback) => {
        void this.#renew().then(
          (session) => callback(null, session.accessToken),
          (error: Error) => callback(error),
        );
      },
    });
  }

  /** The user the connection works as. */
  async userId(): Promise<string> {
    return (await this.#signedIn()).userId;
  }

  /** The org's own address. */
  async instanceUrl(): Promise<string> {
    return (await this.#signedIn()).instanceUrl;
  }

  /** A call that may be repeated: a read, an update by id, an upsert by key. @throws ConnectorError */
  async repeatable(request: HttpRequest): Promise<Answer> {
    return pRetry(() => this.once(request), {
      retries,
      minTimeout: firstRetryMs,
      randomize: true,
      shouldRetry: ({ error }) =>
        error instanceof ConnectorError && error.failure.class === 'retry' && error.failure.code !== 'INVALID_QUERY_LOCATOR',
    });
  }

  /** A call that is sent once. @throws ConnectorError */
  async once(request: HttpRequest): Promise<Answer> {
    const transport = new FetchTransport(this.#meter);
    const body = await this.#guarded((connection) => connection.request({ ...request, headers: { ...request.headers } }, { transport }));
    if (transport.answeredAt === null) throw new Error('Salesforce answered without a Date header');
    return { body, answeredAt: transport.answeredAt };
  }

  /** Starts a metadata deployment and gives its id. @throws ConnectorError */
  async deploy(zip: Buffer): Promise<string> {
    const { id } = await this.#guarded(async (connection) =>
      connection.metadata.deployRest(zip, { singlePackage: true, rollbackOnError: true }),
    );
    return id;
  }

  calls(): number {
    return this.#meter.calls;
  }

  limits(): Limits {
    const usage = this.#connection.limitInfo.apiUsage;
    return { used: usage?.used ?? null, allowed: usage?.limit ?? null };
  }

  async #guarded<T>(work: (connection: Connection) => PromiseLike<T>): Promise<T> {
    await this.#signedIn();
    try {
      const result = await work(this.#connection);
      this.#renewals = 0;
      return result;
    } catch (error) {
      /** jsforce keeps only the message of a failed renewal; the failure itself says what to change. */
      if (this.#renewalFailure && error instanceof Error && error.message.startsWith('Unable to refresh session'))
        throw this.#renewalFailure;
      throw toConnectorError(error);
    }
  }

  #signedIn(): Promise<SalesforceSession> {
    this.#session ??= this.#signIn().catch((error: unknown) => {
      this.#session = null;
      throw error;
    });
    return this.#session;
  }

  async #signIn(): Promise<SalesforceSession> {
    const session = await signIn(this.#settings, this.#now());
    this.#connection.instanceUrl = session.instanceUrl;
    this.#connection.accessToken = session.accessToken;
    return session;
  }

  async #renew(): Promise<SalesforceSession> {
    this.#renewals += 1;
    try {
      if (this.#renewals > 1) throw new ConnectorError(signInFailure('INVALID_SESSION_ID', 'a new access token was refused'));
      this.#session = null;
      return await this.#signedIn();
    } catch (error) {
      this.#renewalFailure = toConnectorError(error);
      this.#renewals = 0;
      throw error;
    }
  }
}
