import { expect, it, vi } from 'vitest';
import type { Hint, RemoteWrite } from '#connectors/contract/crm.ts';
import { idsOf, needs, pullAll, ready } from './contract-state.ts';
import type { State } from './contract-state.ts';

const listeningMs = 15_000;

export function listens(state: State): void {
  it(
    'hears what somebody else changes, and not what it wrote itself',
    { timeout: 4 * listeningMs },
    async (context) => {
      const { connector, subject } = ready(state);
      const listen = needs(context, connector.listen, 'stream of changes');
      const touch = needs(context, subject.touch, 'way to change a record from outside');
      const { update } = needs(context, subject.write, 'writes');
      const { object } = subject.read;
      const heard: Hint[] = [];
      const stop = new AbortController();
      const deliver = async ({ hints }: { readonly hints: readonly Hint[] }): Promise<void> =>
        void heard.push(...hints);
      const listening = listen({ objects: [object], position: null, deliver, signal: stop.signal });
      const touchUntilHeard = async (): Promise<string> => {
        const before = heard.length;
        let touched = '';
        const hears = async (): Promise<boolean> => {
          if (heard.length === before) touched = await touch();
          return heard.length > before;
        };
        await vi.waitUntil(hears, { timeout: listeningMs, interval: 250 });
        return touched;
      };
      try {
        const touched = await touchUntilHeard();
        expect(heard.map((hint) => hint.extId)).toContain(touched);
        const own = idsOf(await pullAll(connector, subject, null, null)).find((id) => id !== touched) ?? '';
        const write: RemoteWrite = { id: 'w', extId: own, keyValue: null, fields: update.fields(5) };
        await connector.push({ object, operation: 'update', keyField: null, writes: [write] });
        await touchUntilHeard();
        expect(heard.map((hint) => hint.extId)).not.toContain(own);
      } finally {
        stop.abort();
        await listening;
      }
    },
  );
}
