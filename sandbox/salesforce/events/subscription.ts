import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { Org } from '#sandbox/salesforce/records/org.ts';
import { settingsOf } from '#sandbox/salesforce/settings.ts';
import { refusal } from './event-error.ts';
import type { LoggedEvent } from './event-log.ts';
import type { EventTopics, Topic } from './event-topics.ts';

export interface FetchRequest {
  readonly topicName: string;
  readonly replayPreset: 'LATEST' | 'EARLIEST' | 'CUSTOM';
  readonly replayId: Buffer;
  readonly numRequested: number;
}
export interface FetchResponse {
  readonly events: readonly object[];
  readonly latestReplayId: Buffer;
  readonly rpcId: string;
  readonly pendingNumRequested: number;
}

const eventsPerAnswer = 100;

/** One subscriber: gets events as many as it asked for, and a sign of life when there are none. */
export class Subscription {
  readonly #org: Org;
  readonly #topics: EventTopics;
  readonly #stream: ServerDuplexStream<FetchRequest, FetchResponse>;
  readonly #stopListening: () => void;
  readonly #rpcId = crypto.randomUUID();
  #topic: Topic | null = null;
  #place = 0;
  #wanted = 0;
  #silence: NodeJS.Timeout | null = null;

  constructor(org: Org, topics: EventTopics, stream: ServerDuplexStream<FetchRequest, FetchResponse>) {
    this.#org = org;
    this.#topics = topics;
    this.#stream = stream;
    this.#stopListening = org.events.onAdded(() => this.#send());
    stream.on('data', (request: FetchRequest) => this.#fetch(request));
  }

  close(): void {
    this.#stopListening();
    if (this.#silence) clearTimeout(this.#silence);
    this.#topic = null;
  }

  #fetch(request: FetchRequest): void {
    const error = this.#topic ? this.#refuseMore(request) : this.#open(request);
    if (error) {
      this.close();
      this.#stream.emit('error', error);
      return;
    }
    this.#wanted += request.numRequested;
    this.#send();
  }

  #open({ topicName, replayPreset, replayId, numRequested }: FetchRequest): Error | null {
    const topic = this.#topics.find(topicName);
    if (!topic)
      return refusal('topic.not.found', `The topic ${topicName} could not be found. rpcId: ${this.#rpcId}`);
    if (numRequested < 1) return invalidCount(this.#rpcId);
    if (replayPreset === 'CUSTOM') {
      if (replayId.length !== 8 || !this.#org.events.isKnown(Number(replayId.readBigUInt64BE()))) {
        const message = 'The Replay ID validation failed. Ensure that the Replay ID is valid.';
        return refusal('subscription.fetch.replayid.corrupted', `${message} rpcId: ${this.#rpcId}`);
      }
      this.#place = Number(replayId.readBigUInt64BE());
    } else
      this.#place = replayPreset === 'EARLIEST' ? this.#org.events.earliest() : this.#org.events.latest();
    this.#topic = topic;
    this.#stayAlive();
    return null;
  }

  #refuseMore({ topicName, numRequested }: FetchRequest): Error | null {
    if (numRequested < 1) return invalidCount(this.#rpcId);
    if (topicName === '' || topicName === this.#topic?.name) return null;
    return refusal(
      'subscription.fetch.topic.changed',
      `The topic of a subscription cannot change. rpcId: ${this.#rpcId}`,
    );
  }

  #send(): void {
    while (this.#topic && this.#wanted > 0) {
      const events = this.#org.events.after(
        this.#place,
        Math.min(this.#wanted, eventsPerAnswer),
        this.#topic.suits,
      );
      if (events.length === 0) return;
      this.#wanted -= events.length;
      this.#place = events.at(-1)?.replayId ?? this.#place;
      this.#answer(events);
    }
  }

  #answer(events: readonly LoggedEvent[]): void {
    this.#stream.write({
      events: events.map((one) => this.#toConsumerEvent(one)),
      latestReplayId: toBytes(this.#place),
      rpcId: this.#rpcId,
      pendingNumRequested: this.#wanted,
    });
    this.#stayAlive();
  }

  #toConsumerEvent({ replayId, event }: LoggedEvent): object {
    const schema = this.#topics.schemaOf(event.entity);
    const payload = event.garbled ? Buffer.from([0xff, 0xff, 0xff]) : schema.encode(event);
    return { replayId: toBytes(replayId), event: { id: crypto.randomUUID(), schemaId: schema.id, payload } };
  }

  /** After a silence, an answer without events gives the position of the stream. */
  #stayAlive(): void {
    if (this.#silence) clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      if (!this.#topic) return;
      if (this.#wanted > 0) this.#place = Math.max(this.#place, this.#org.events.latest());
      this.#answer([]);
    }, settingsOf(this.#org).keepAliveMs);
  }
}

const invalidCount = (rpcId: string): Error =>
  refusal(
    'subscription.fetch.requested.events.invalid',
    `The number of requested events must be positive. rpcId: ${rpcId}`,
  );

function toBytes(replayId: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(replayId));
  return bytes;
}
