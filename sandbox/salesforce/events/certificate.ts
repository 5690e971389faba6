import { generate } from 'selfsigned';
import type { Store } from '#sandbox/store.ts';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

const collection = 'salesforce:#certificate';
const lifetimeMs = 10 * 365 * 86_400_000;

/** The certificate of the stand-in on this machine, created once and stored. */
export async function certificateOf(store: Store): Promise<Certificate> {
  const saved = store.collection(collection).get('events');
  if (saved) return { key: String(saved['key']), cert: String(saved['cert']) };
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + lifetimeMs),
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  store.put(collection, 'events', { key: made.private, cert: made.cert });
  return { key: made.private, cert: made.cert };
}
