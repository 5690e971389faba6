import type { Attack } from '#test/security/attack-contract.ts';
import { damagedFiles } from './damaged-files.ts';
import { killedProcesses } from './killed-processes.ts';
import { schemaFuzz } from './schema-fuzz.ts';
import { spelledAddresses } from './spelled-addresses.ts';
import { valueFuzz } from './value-fuzz.ts';

/** Every attack, by the name under which `npm run attack -- NAME` runs it. One file an attack. */
export const attacks: Readonly<Record<string, Attack>> = {
  'damaged-files': damagedFiles,
  'killed-processes': killedProcesses,
  'schema-fuzz': schemaFuzz,
  'spelled-addresses': spelledAddresses,
  'value-fuzz': valueFuzz,
};
