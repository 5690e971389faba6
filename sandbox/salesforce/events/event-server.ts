import { createRequire } from 'node:module';
import { join } from 'node:path';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';
import { organizationId } from '#sandbox/salesforce/bootstrap.ts';
import type { Org } from '#sandbox/salesforce/records/org.ts';
import { isLiveToken } from '#sandbox/salesforce/auth/access-tokens.ts';
import { certificateOf } from './certificate.ts';
import { refusal } from './event-error.ts';
import { EventTopics } from './event-topics.ts';
import type { Topic } from './event-topics.ts';
import { Subscription } from './subscription.ts';
import type { FetchRequest, FetchResponse } from './subscription.ts';

const require = createRequire(import.meta.url);
/** The interface as Salesforce has published it. */
const protoFile = join(require.resolve('salesforce-pubsub-api-client'), '../../pubsub_api.proto');

type Unary<Request, Answer> = (
  call: grpc.ServerUnaryCall<Request, Answer>,
  callback: grpc.sendUnaryData<Answer>,
) => void;

/** The org's Pub/Sub API: gRPC over TLS on the loopback address. */
export class EventServer {
  readonly #org: Org;
  readonly #topics: EventTopics;
  readonly #subscriptions = new Set<Subscription>();
  #server: grpc.Server | null = null;

  constructor(org: Org) {
    this.#org = org;
    this.#topics = new EventTopics(org);
  }

  /** @param port 0 for any. Gives the port; rejects when it is taken. */
  async listen(port: number): Promise<number> {
    const { key, cert } = await certificateOf(this.#org.store);
    // Failures are also thrown, because a used port is expected during the search for a free one.
    grpc.setLogVerbosity(grpc.logVerbosity.NONE);
    const server = new grpc.Server();
    server.addService(service(), {
      GetTopic: this.#getTopic,
      GetSchema: this.#getSchema,
      Subscribe: this.#subscribe,
    });
    const credentials = grpc.ServerCredentials.createSsl(null, [
      { private_key: Buffer.from(key), cert_chain: Buffer.from(cert) },
    ]);
    const bound = await new Promise<number>((resolve, reject) =>
      server.bindAsync(`127.0.0.1:${port}`, credentials, (error, at) =>
        error ? reject(error) : resolve(at),
      ),
    );
    this.#server = server;
    return bound;
  }

  close(): void {
    for (const subscription of this.#subscriptions) subscription.close();
    this.#server?.forceShutdown();
    this.#server = null;
  }

  readonly #getTopic: Unary<{ topicName: string }, object> = (call, callback) => {
    const topic =
      this.#authenticated(call.metadata, callback) && this.#topicOf(call.request.topicName, callback);
    if (!topic) return;
    callback(null, {
      topicName: topic.name,
      tenantGuid: organizationId(this.#org),
      canPublish: false,
      canSubscribe: true,
      schemaId: topic.schemaId,
      rpcId: '',
    });
  };

  readonly #getSchema: Unary<{ schemaId: string }, object> = (call, callback) => {
    if (!this.#authenticated(call.metadata, callback)) return;
    const schema = this.#topics.schemaById(call.request.schemaId);
    if (schema) callback(null, { schemaJson: schema.json, schemaId: schema.id, rpcId: '' });
    else callback(refusal('schema.not.found', 'The schema could not be found.', grpc.status.NOT_FOUND));
  };

  readonly #subscribe = (stream: grpc.ServerDuplexStream<FetchRequest, FetchResponse>): void => {
    const fail = (error: grpc.ServiceError): void => void stream.emit('error', error);
    if (!this.#authenticated(stream.metadata, fail)) return;
    const subscription = new Subscription(this.#org, this.#topics, stream);
    this.#subscriptions.add(subscription);
    const end = (): void => {
      subscription.close();
      this.#subscriptions.delete(subscription);
    };
    stream.on('end', () => stream.end());
    for (const event of ['close', 'cancelled', 'error']) stream.on(event, end);
  };

  #topicOf(name: string, fail: (error: grpc.ServiceError) => void): Topic | null {
    const topic = this.#topics.find(name);
    if (!topic)
      fail(refusal('topic.not.found', `The topic ${name} could not be found.`, grpc.status.NOT_FOUND));
    return topic;
  }

  #authenticated(metadata: grpc.Metadata, fail: (error: grpc.ServiceError) => void): boolean {
    const text = (name: string): string => String(metadata.get(name)[0] ?? '');
    const tenant = text('tenantid').slice(0, 15) === organizationId(this.#org).slice(0, 15);
    if (tenant && text('instanceurl') !== '' && isLiveToken(this.#org, text('accesstoken'))) return true;
    fail(
      refusal('service.auth.error', 'An error occurred while authenticating.', grpc.status.UNAUTHENTICATED),
    );
    return false;
  }
}

function service(): grpc.ServiceDefinition {
  const definition = protoLoader.loadSync(protoFile, {
    longs: Number,
    defaults: true,
    arrays: true,
    enums: String,
  });
  return definition['eventbus.v1.PubSub'] as grpc.ServiceDefinition;
}
