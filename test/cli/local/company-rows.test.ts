import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateSample } from '#sandbox/data.ts';
import { companiesCsv, readCompanyFile } from '#src/cli/local/company-rows.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'fairway-companies-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function read(content: string | Buffer) {
  const file = join(dir, 'companies.csv');
  writeFileSync(file, content);
  return readCompanyFile(file);
}

const muller = {
  name: 'Müller',
  domain: 'mueller.example',
  country: 'Germany',
  city: 'Köln',
  zipcode: '50667',
};

describe('a file of companies', () => {
  it.each([',', ';', '\t', '|'])('may be separated by “%s”', async (separator) => {
    const lines = [Object.keys(muller), Object.values(muller)].map((cells) => cells.join(separator));
    expect((await read(lines.join('\r\n'))).rows).toEqual([muller]);
  });

  it('may be UTF-8 with or without a mark, UTF-16 and Windows-1252', async () => {
    const text = 'name,city\nMüller,Köln\n';
    const wide = Buffer.from(`\ufeff${text}`, 'utf16le');
    for (const content of [
      text,
      `\ufeff${text}`,
      wide,
      Buffer.from(wide).swap16(),
      Buffer.from(text, 'latin1'),
    ])
      expect((await read(content)).rows).toMatchObject([{ name: 'Müller', city: 'Köln' }]);
  });

  it('may have the columns of an export under other names, and rows that are not whole', async () => {
    const { rows, notes } = await read(
      'Website URL,Company name,Extra\na.example,"A, ""the"" firm",x\n,,\nb.example,B\n',
    );
    expect(rows.map(({ name, domain }) => [name, domain])).toEqual([
      ['A, "the" firm', 'a.example'],
      ['B', 'b.example'],
    ]);
    expect(notes.join(' ')).toMatch(/2 companies.*1 rows without a name.*no column country, city, zipcode/);
  });

  it('of one row fills a sandbox, with generated companies beside it', async () => {
    const { rows } = await read('name\nOnly One\n');
    expect(companiesCsv(rows)).toBe('name,domain,country,city,zipcode\nOnly One,,,,\n');
    const companies = [{ name: 'Only One', domain: null, country: null, city: null, zipcode: null }];
    const sample = generateSample({ seed: 1, companies, today: new Date('2026-11-20T08:00:00Z') });
    const accounts = [...sample.salesforce.accounts, ...sample.hubspot.accounts];
    expect(accounts.filter(({ name }) => name === 'Only One')).toHaveLength(1);
    expect(sample.salesforce.registrations.length + sample.hubspot.registrations.length).toBe(200);
  });
});
