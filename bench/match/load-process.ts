import { parseArgs } from 'node:util';
import { loadDatabase } from './load.ts';
import { companyNames, nameMixer } from './names.ts';

/** Loads the database in a separate process, so that its memory does not count as memory of the checks. */
const { values } = parseArgs({
  options: { dir: { type: 'string' }, accounts: { type: 'string' }, companies: { type: 'string' } },
});
const { dir, accounts, companies } = values;
if (dir === undefined || accounts === undefined) throw new TypeError('--dir and --accounts are needed');
const mixer = nameMixer(await companyNames(companies), 7);
const loaded = await loadDatabase(dir, Number(accounts), mixer.companies(Number(accounts)));
process.send?.({ ...loaded, rssMb: Math.round(process.memoryUsage.rss() / 2 ** 20) });
