import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Delivery {
  readonly headers: IncomingHttpHeaders;
  readonly rawBody: Buffer;
  // oxlint-disable-next-line typescript/no-explicit-any -- assertions read any message of the vendor
  readonly events: readonly any[];
}

/** An app's webhook endpoint with a configurable answer. */
export interface Receiver {
  readonly url: string;
  readonly deliveries: readonly Delivery[];
  /** Every event so far, as they came. */
  readonly events: () => Delivery['events'];
  /** The most requests that were being answered at once. */
  readonly mostAtOnce: () => number;
  /** Called for every delivery; it resolves to the status of the answer; 204 by default. */
  answer: (delivery: Delivery) => number | Promise<number>;
  readonly close: () => Promise<void>;
}

export async function openReceiver(): Promise<Receiver> {
  const deliveries: Delivery[] = [];
  let [open, most] = [0, 0];
  const server = createServer((request, response) => {
    void (async () => {
      most = Math.max(most, (open += 1));
      const rawBody = await buffer(request);
      const delivery: Delivery = {
        headers: request.headers,
        rawBody,
        events: JSON.parse(rawBody.toString('utf8')),
      };
      deliveries.push(delivery);
      response.statusCode = await receiver.answer(delivery);
      response.end();
      open -= 1;
    })();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/hubspot?tenant=a%2Fb`,
    deliveries,
    events: () => deliveries.flatMap((delivery) => delivery.events),
    mostAtOnce: () => most,
    answer: () => 204,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return receiver;
}
