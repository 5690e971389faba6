import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { withoutEquivalents, equivalents } from './equivalents.ts';
import { judgeSites, type Verdict } from './judge.ts';
import { mutatedFiles, type MutatedFile } from './modules.ts';
import { sampleSites } from './sample.ts';
import { sitesIn, type Site } from './sites.ts';

/** `npm run mutants`: see README.md in this folder. */
const goal = 0.85;
const mostEquivalents = 0.05;

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    count: { type: 'string', default: '400' },
    all: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
  },
});
const seed = options.seed;
const say = (text: string): void => (options.json ? console.error(text) : console.log(text));

const root = resolve('.fairway', `mutants-${process.pid}`);
process.on('exit', () => rmSync(root, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
const startedAt = performance.now();
copySources();

const files = mutatedFiles(root).filter(({ file }) => file.includes(options.only));
const sources = new Map(files.map(({ file }) => [file, readFileSync(join(root, file), 'utf8')]));
const sites = sitesOf(files);
const chosen = options.all
  ? sites
  : sampleSites(
      byModule(sites, ({ file }) => file),
      Number(options.count),
      seed,
    );
say(`${sites.length} places for a mutant in ${files.length} files; seed ${seed}: ${chosen.length} chosen`);

const verdicts = await judgeSites(chosen, { root, seed, files, onVerdict: print });
const killed = verdicts.filter((verdict) => verdict.killed).length;
const rate = verdicts.length === 0 ? 1 : killed / verdicts.length;
const seconds = Math.round((performance.now() - startedAt) / 1000);
if (options.json) {
  console.log(JSON.stringify({ seed, sites: sites.length, killed, rate, seconds, verdicts }));
} else {
  for (const [module, each] of byModule(verdicts, ({ site }) => site.file)) {
    const dead = each.filter((verdict) => verdict.killed).length;
    console.log(
      `${module.padEnd(24)} ${String(dead).padStart(5)} of ${String(each.length).padStart(5)} killed`,
    );
  }
  console.log(`${seconds} s`);
  console.log(`${killed} killed, ${verdicts.length - killed} survived (${(rate * 100).toFixed(1)} %)`);
}
process.exitCode = rate < goal ? 1 : 0;

/** A survivor's line, as soon as it is known. */
function print({ site, killed: isKilled, tests }: Verdict): void {
  if (isKilled) return;
  const short = (text: string): string => {
    const oneLine = text.replaceAll(/\s+/g, ' ');
    return oneLine.length > 70 ? `${oneLine.slice(0, 69)}…` : oneLine;
  };
  const untested = tests.length === 0 ? '  (no unit test imports this file)' : '';
  say(
    `${site.file}:${site.line}  ${short(site.original)} -> ${short(site.replacement) || 'nothing'}${untested}`,
  );
}

/**
 * The copy does not change while the run lasts, even if sources are edited, and no mutant touches the real sources.
 */
function copySources(): void {
  mkdirSync(root, { recursive: true });
  for (const path of [
    'src',
    'connectors',
    'mappings',
    'sandbox',
    'workers',
    'test',
    'docs',
    'package.json',
  ]) {
    cpSync(path, join(root, path), { recursive: true });
  }
}

function sitesOf(mutated: readonly MutatedFile[]): readonly Site[] {
  const all = mutated.flatMap(({ file }) => sitesIn(file, sources.get(file) ?? ''));
  const listed = equivalents.filter((entry) => entry.file.includes(options.only));
  if (listed.length > mostEquivalents * all.length)
    throw new Error(`${listed.length} of ${all.length} sites are listed as equivalent; 5 % is the most.`);
  return withoutEquivalents(all, lineAt, listed);
}

function lineAt(site: Site): string {
  return (sources.get(site.file) ?? '').split('\n')[site.line - 1]?.trim() ?? '';
}

function byModule<Item>(items: readonly Item[], fileOf: (item: Item) => string): Map<string, Item[]> {
  const modules = new Map(files.map(({ file, module }) => [file, module]));
  return Map.groupBy(items, (item) => modules.get(fileOf(item)) ?? '');
}
