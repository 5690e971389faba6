import type { FastifyInstance } from 'fastify';
import type { KnownValues } from './generate-requests.ts';

const pages = [
  '/api/registrations',
  '/api/payouts',
  '/api/connections',
  '/api/mappings',
  '/api/people',
  '/api/conflicts',
  '/api/records?search=a',
  '/api/duplicates',
  '/api/match-quality/questions',
  '/api/runs',
];
const mostPerName = 12;

/** The values that the pages show, by the name of their field, with the ids that path parameters need. */
export async function harvestValues(
  app: FastifyInstance,
  cookies: Readonly<Record<string, string>>,
): Promise<KnownValues> {
  const found = new Map<string, string[]>();
  const add = (name: string, value: string): void => {
    const values = found.get(name) ?? [];
    if (values.length < mostPerName && !values.includes(value)) found.set(name, [...values, value]);
  };
  const walk = (value: unknown, name: string): void => {
    if (typeof value === 'string') add(name, value);
    else if (Array.isArray(value)) for (const one of value) walk(one, name);
    else if (typeof value === 'object' && value !== null) {
      if (/shown$/i.test(name)) add('shown as JSON', JSON.stringify(value));
      for (const [key, one] of Object.entries(value)) walk(one, key);
    }
  };
  const read = async (url: string): Promise<void> => {
    const answer = await app.inject({ url, cookies: { ...cookies } });
    if (answer.statusCode === 200) walk(answer.json(), '');
  };
  for (const url of pages) await read(url);
  for (const id of found.get('id') ?? [])
    for (const page of ['registrations', 'payouts', 'connections', 'runs']) await read(`/api/${page}/${id}`);
  for (const id of found.get('connectionId') ?? found.get('id') ?? [])
    for (const object of found.get('object') ?? []) await read(`/api/mappings/${id}/${object}`);
  return found;
}
