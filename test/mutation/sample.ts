import { createHash } from 'node:crypto';
import type { Site } from './sites.ts';

/**
 * Chooses sites of every module. A module's share grows with the square root of its sites, so that small
 * modules, money among them, are looked at as closely as large tables of words.
 *
 * @param seed the same seed and the same sources give the same sites
 */
export function sampleSites(
  sitesByModule: ReadonlyMap<string, readonly Site[]>,
  count: number,
  seed: string,
): readonly Site[] {
  const quotas = shareOut(
    new Map([...sitesByModule].map(([module, sites]) => [module, sites.length])),
    count,
  );
  return [...sitesByModule].flatMap(([module, sites]) =>
    shuffled(sites, seed).slice(0, quotas.get(module) ?? 0),
  );
}

/** Gives out one site at a time, always to the module that is furthest below its share. */
function shareOut(sizes: ReadonlyMap<string, number>, count: number): ReadonlyMap<string, number> {
  const quotas = new Map([...sizes.keys()].map((module) => [module, 0]));
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  for (let given = 0; given < Math.min(count, total); given += 1) {
    const [neediest] = [...sizes]
      .filter(([module, size]) => (quotas.get(module) ?? 0) < size)
      .map(([module, size]) => ({ module, need: Math.sqrt(size) / ((quotas.get(module) ?? 0) + 1) }))
      .toSorted((a, b) => b.need - a.need);
    if (neediest) quotas.set(neediest.module, (quotas.get(neediest.module) ?? 0) + 1);
  }
  return quotas;
}

function shuffled(sites: readonly Site[], seed: string): readonly Site[] {
  const keyed = sites.map((site) => {
    const text = [seed, site.file, site.start, site.end, site.replacement].join('\n');
    return { site, key: createHash('sha256').update(text).digest('hex') };
  });
  return keyed.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ site }) => site);
}
