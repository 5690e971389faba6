import { pino } from 'pino';
import type { Deps } from '#src/deps.ts';
import { buildApp } from './app.ts';

/** The API's OpenAPI document. Routes use their dependencies only when they are called, so it needs no database. */
export async function describeApi(): Promise<object> {
  const neededAtStart: Pick<Deps, 'config' | 'log' | 'ids'> = {
    config: { publicUrl: null, trustedProxies: [] as readonly string[] } as Deps['config'],
    log: pino({ level: 'silent' }),
    ids: () => '',
  };
  const app = buildApp(neededAtStart as Deps);
  await app.ready();
  try {
    return app.swagger();
  } finally {
    await app.close();
  }
}
