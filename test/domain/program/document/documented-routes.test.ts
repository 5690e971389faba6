import { describe, expect, test } from 'vitest';
import { dealFactsOf } from '#src/domain/program/document/conditions.ts';
import {
  approvalRoute,
  lifecycleProgrammeOf,
  protectionDaysOf,
} from '#src/domain/program/document/lifecycle-programme.ts';
import { programFromYaml } from '#src/domain/program/document/yaml.ts';
import { docTable, docText } from '#test/support/docs/doc-table.ts';

const [, yaml = ''] = /## The document\n[\s\S]*?```yaml\n([\s\S]*?)```/.exec(docText('programmes.md')) ?? [];
const read = programFromYaml(yaml);
const rows = docTable('programmes.md', '## A route, worked out');

describe('the document and the routes of docs/programmes.md', () => {
  test('are valid, and there are examples', () => {
    expect(read).toHaveProperty('document');
    expect(rows.length).toBeGreaterThanOrEqual(7);
  });

  test.each(rows)('$country, $amount: $route', (row) => {
    if (!('document' in read)) return expect.fail('the document is not valid');
    const [amount = '', currency = ''] = row['amount'] === 'none' ? [] : (row['amount'] ?? '').split(' ');
    const deal = dealFactsOf(
      { customerCountry: row['country'] ?? '', productFamily: 'Storage', amount, currency },
      { partnerCode: 'P-100', tier: 'Gold' },
    );
    expect(approvalRoute(read.document, deal).name).toBe(row['route']);
    const { approvalSteps } = lifecycleProgrammeOf(read.document, 1, { deal });
    const steps = approvalSteps.map(
      ({ name, anyOf }) => `${name}: ${anyOf.map((one) => one.replace('@vendor.example', '')).join(', ')}`,
    );
    expect(steps.join(' · ')).toBe(row['steps']);
    expect(String(protectionDaysOf(read.document, deal))).toBe(row['protected days']);
  });
});
