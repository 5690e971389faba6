import { expect, it, vi } from 'vitest';
import type { Hint, RemoteWrite } from '#connectors/contract/crm.ts';
import { idsOf, needs, pullAll, type CrmReady } from './contract-state.ts';

const listeningMs = 15_000;

export function testListening(ready: () => CrmReady): void {
  it(
    'reports the changes of others, and not its own writes',
    { timeout: 4 * listeningMs },
    async (context) => {
      const { connector, subject } = ready();
      const listen = needs(context, connector.listen, 'stream of changes');
      const touch = needs(context, subject.touch, 'way to change a record from outside');
      const { update } = subject.write;
      const { object } = subject.read;
      const received: Hint[] = [];
      const stop = new AbortController();
      const deliver = async ({ hints }: { readonly hints: readonly Hint[] }): Promise<void> =>
        void received.push(...hints);
      const listening = listen({ objects: [object], position: null, deliver, signal: stop.signal });
      const touchUntilReported = async (): Promise<string> => {
        const before = received.length;
        let touched = '';
        const isReported = async (): Promise<boolean> => {
          if (received.length === before) touched = await touch();
          return received.length > before;
        };
        await vi.waitUntil(isReported, { timeout: listeningMs, interval: 250 });
        return touched;
      };
      try {
        const touched = await touchUntilReported();
        expect(received.map((hint) => hint.extId)).toContain(touched);
        const writtenByUs =
          idsOf(await pullAll(connector, subject, null, null)).find((id) => id !== touched) ?? '';
        const write: RemoteWrite = { id: 'w', extId: writtenByUs, keyValue: null, fields: update.fields(5) };
        await connector.push({ object, operation: 'update', keyField: null, writes: [write] });
        await touchUntilReported();
        expect(received.map((hint) => hint.extId)).not.toContain(writtenByUs);
      } finally {
        stop.abort();
        await listening;
      }
    },
  );
}
