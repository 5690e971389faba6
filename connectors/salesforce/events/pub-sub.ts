import { createRequire } from 'node:module';
import { join } from 'node:path';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';
import { z } from 'zod';

const require = createRequire(import.meta.url);
/**
 * The published interface of the Pub/Sub API. Fairway uses nothing else of the package that contains it, see
 * docs/decisions/0007-pub-sub-without-the-client-package.md
 */
const protoFile = join(require.resolve('salesforce-pubsub-api-client'), '../../pubsub_api.proto');
const definition = protoLoader.loadSync(protoFile, {
  longs: Number,
  defaults: true,
  arrays: true,
  enums: String,
});
const service = definition['eventbus.v1.PubSub'] as grpc.ServiceDefinition;

const callTimeoutMs = 30_000;
const answerBytes = 16 * 1024 * 1024;

const answerShape = z.object({
  events: z.array(
    z.object({
      replayId: z.instanceof(Buffer),
      event: z.object({ schemaId: z.string(), payload: z.instanceof(Buffer) }),
    }),
  ),
  latestReplayId: z.instanceof(Buffer),
  pendingNumRequested: z.number(),
});
export type FetchAnswer = z.infer<typeof answerShape>;
const schemaShape = z.object({ schemaJson: z.string() });

export interface PubSubSettings {
  /** Host and port. */
  readonly pubSubEndpoint: string;
  readonly pubSubTrust: 'authorities' | 'self-signed';
}
export interface PubSubSession {
  readonly accessToken: string;
  readonly instanceUrl: string;
}

/** Starts after a replay id. Null starts at the end of the stream. */
export interface SubscribeFrom {
  readonly topic: string;
  readonly replayId: Buffer | null;
  readonly wanted: number;
}

/** A connection to the Pub/Sub API with one session. It throws gRPC's errors, see `pub-sub-error.ts`. */
export class PubSub {
  readonly #client: grpc.Client;

  /** @param addresses the checked addresses of the endpoint; the name is not resolved again */
  constructor(
    { pubSubEndpoint, pubSubTrust }: PubSubSettings,
    { accessToken, instanceUrl }: PubSubSession,
    addresses: readonly string[],
  ) {
    const tls = grpc.credentials.createSsl(null, null, null, {
      rejectUnauthorized: pubSubTrust === 'authorities',
    });
    const caller = grpc.credentials.createFromMetadataGenerator((_options, done) => {
      const metadata = new grpc.Metadata();
      metadata.set('accesstoken', accessToken);
      metadata.set('instanceurl', instanceUrl);
      metadata.set('tenantid', accessToken.split('!')[0] ?? '');
      done(null, metadata);
    });
    const [host = '', port = ''] = pubSubEndpoint.split(':');
    const old = addresses.filter((address) => !address.includes(':'));
    const target =
      old.length > 0
        ? `ipv4:${old.map((address) => `${address}:${port}`).join(',')}`
        : `ipv6:${addresses.map((address) => `[${address}]:${port}`).join(',')}`;
    this.#client = new grpc.Client(target, grpc.credentials.combineChannelCredentials(tls, caller), {
      'grpc.ssl_target_name_override': host,
      'grpc.default_authority': pubSubEndpoint,
      'grpc.max_receive_message_length': answerBytes,
    });
  }

  subscribe({ topic, replayId, wanted }: SubscribeFrom): Subscription {
    const method = methodOf('Subscribe');
    const stream = this.#client.makeBidiStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
    );
    const from = replayId === null ? { replayPreset: 'LATEST' } : { replayPreset: 'CUSTOM', replayId };
    stream.write({ topicName: topic, numRequested: wanted, ...from });
    return new Subscription(stream);
  }

  /** The Avro schema of an event, as JSON. */
  async schema(schemaId: string): Promise<string> {
    const { path, requestSerialize, responseDeserialize } = methodOf('GetSchema');
    const options = { deadline: Date.now() + callTimeoutMs };
    const answer = await new Promise<unknown>((resolve, reject) => {
      this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        { schemaId },
        options,
        (error, value) => (error ? reject(error) : resolve(value)),
      );
    });
    return schemaShape.parse(answer).schemaJson;
  }

  close(): void {
    this.#client.close();
  }
}

/** A subscription in progress. */
export class Subscription {
  readonly #stream: grpc.ClientDuplexStream<object, object>;

  constructor(stream: grpc.ClientDuplexStream<object, object>) {
    this.#stream = stream;
    // A reader of the answers gets the error. Without this handler, an error after the last read would end
    // the process.
    stream.on('error', () => undefined);
  }

  /**
   * The answers in order. The next one is read from the network when it is requested. Throws when the stream
   * breaks or is cancelled.
   */
  async *answers(): AsyncGenerator<FetchAnswer> {
    for await (const answer of this.#stream) yield answerShape.parse(answer);
  }

  requestMore(wanted: number): void {
    this.#stream.write({ numRequested: wanted });
  }

  cancel(): void {
    this.#stream.cancel();
  }
}

function methodOf(name: string): grpc.MethodDefinition<object, object> {
  const method = service[name];
  if (!method) throw new Error(`the Pub/Sub API has no ${name}`);
  return method;
}
