import { describe, expect, test } from 'vitest';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { requireDistinctNames } from '#src/cli/mappings/mapping-files.ts';
import { fileNameOf } from '#src/operations/mappings/versions/export-mapping.ts';

const named = (...names: readonly string[]) => names.map((name) => ({ name }) as Connection);

describe('mapping files', () => {
  test('have the name of their connection, in any script', () => {
    expect(['HubSpot EMEA', 'Москва', '日本'].map((name) => fileNameOf({ name }, 'account'))).toEqual([
      'hubspot-emea.account.yaml',
      'москва.account.yaml',
      '日本.account.yaml',
    ]);
  });

  test('are never two connections’ together: one would be written over by the other’s, or applied to it', () => {
    expect(() => requireDistinctNames(named('HubSpot EMEA', 'Salesforce'))).not.toThrow();
    expect(() => requireDistinctNames(named('HubSpot EMEA', 'HubSpot-EMEA'))).toThrow(
      'The files of “HubSpot EMEA” and “HubSpot-EMEA” would both be called hubspot-emea.…: connect one of the two under another name.',
    );
  });
});
