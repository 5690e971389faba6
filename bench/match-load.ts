import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import postgres from 'postgres';
import { v7 } from 'uuid';
import { normaliseCompany, normaliserVersion } from '#src/domain/matching/normalise.ts';
import { searchKeys, slipsOf } from '#src/domain/matching/search-keys.ts';

export interface BenchCompany {
  readonly id: string;
  readonly name: string;
  readonly domain: string | null;
  readonly country: string;
}

/**
 * Loads accounts with their profiles as a restored backup would come: by COPY, set-wise, indexes last. Made by the same normaliser and keys
 * as the product's own profiles, and held against some of those before anything is measured.
 */
export async function loadAccounts(url: string, companies: Iterable<Omit<BenchCompany, 'id'>>, keepEvery: number): Promise<BenchCompany[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    // Triggers would mark a million profiles for being made that are about to be loaded.
    await sql`set session_replication_role = replica`;
    await sql`set maintenance_work_mem = '512MB'`;
    await sql`create unlogged table stage (id uuid, name text, domain text, country text, core text, match_domain text, normal jsonb, keys text[])`;
    const words = new Set<string>();
    const kept: BenchCompany[] = [];
    await pipeline(Readable.from(lines(companies, words, kept, keepEvery)), await sql`copy stage from stdin`.writable());
    await sql`create unlogged table stage_slip (word text, slip text)`;
    await pipeline(Readable.from(slipLines(words)), await sql`copy stage_slip from stdin`.writable());
    await sql`alter table match_key drop constraint match_key_key_subject_kind_profile_id_pk`;
    await sql`
      insert into account (id, name, domain, country, core, match_domain, normaliser_version)
      select id, name, domain, country, core, match_domain, ${normaliserVersion} from stage`;
    await sql`
      insert into match_profile (subject_kind, subject_id, normal, keys, normaliser_version)
      select 1, id, normal, array(select distinct hashtextextended(k, 0) from unnest(keys) k), ${normaliserVersion} from stage`;
    await sql`insert into match_key (key, subject_kind, profile_id) select unnest(keys), subject_kind, id from match_profile`;
    await sql`alter table match_key add constraint match_key_key_subject_kind_profile_id_pk primary key (key, subject_kind, profile_id)`;
    await sql`
      insert into match_slip (slip, key)
      select distinct hashtextextended(slip, 0), hashtextextended('tok:' || word, 0) from stage_slip order by 1, 2`;
    await sql`drop table stage, stage_slip`;
    // For the floor: what a look-up of nothing but the domain takes.
    await sql`create index bench_account_domain on account (domain)`;
    for (const table of ['account', 'match_profile', 'match_key', 'match_slip']) await sql.unsafe(`vacuum analyze ${table}`);
    return kept;
  } finally {
    await sql.end();
  }
}

function* lines(companies: Iterable<Omit<BenchCompany, 'id'>>, words: Set<string>, kept: BenchCompany[], keepEvery: number) {
  let n = 0;
  let block: string[] = [];
  for (const { name, domain, country } of companies) {
    const id = v7();
    const normal = normaliseCompany({ name, domain, country });
    const { strong, weak, words: own } = searchKeys(normal);
    for (const word of own) words.add(word);
    const keys = `{${[...strong, ...weak].map((key) => `"${key.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`;
    block.push([id, name, domain, country, normal.core, normal.domain, JSON.stringify(normal), keys].map(cell).join('\t'));
    if (n++ % keepEvery === 0) kept.push({ id, name, domain, country });
    if (block.length === 500) {
      yield `${block.join('\n')}\n`;
      block = [];
    }
  }
  if (block.length > 0) yield `${block.join('\n')}\n`;
}

function* slipLines(words: ReadonlySet<string>) {
  for (const word of words)
    yield slipsOf(word)
      .map((slip) => `${word}\t${slip}\n`)
      .join('');
}

function cell(value: string | null): string {
  return value === null ? '\\N' : value.replaceAll('\\', '\\\\').replaceAll(/[\t\n\r]/g, ' ');
}
