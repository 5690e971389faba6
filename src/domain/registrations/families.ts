import { isTypo } from '#src/domain/matching/names/typo.ts';
import type { EngagementPolicy } from '#src/domain/program/engagement.ts';
import type { RuleContext } from './rules/rule.ts';

/**
 * `ancestor`: one family is part of the other · `sibling`: both are part of a third · `unknown`: one of them
 * is missing or not a family of the programme, or one is probably the other with a typing error.
 */
export type FamilyRelation = 'same' | 'ancestor' | 'sibling' | 'disjoint' | 'unknown';

/**
 * Relates two product families. A family is a path, `Network / Switches` or `Network > Switches`; case and
 * spaces do not matter.
 *
 * The programme declares its families as paths. A name that is neither one of them nor the last part of exactly
 * one is unknown. Without declared families every name is a family, so a misspelt one would be another product:
 * "Netwrok Security" next to "Network Security" is unknown.
 */
export function relateFamilies(
  left: string | null,
  right: string | null,
  { policy, version }: Pick<RuleContext, 'policy' | 'version'>,
): FamilyRelation {
  const declared = policy.productFamilies;
  const a = pathOf(left ?? '');
  const b = pathOf(right ?? '');
  if (a.length === 0 || b.length === 0) return 'unknown';
  if (a.join('/') === b.join('/')) return 'same';
  const from = resolve(a, declared);
  const to = resolve(b, declared);
  if (!from || !to) return 'unknown';
  const shared = sharedParts(from, to);
  if (shared === from.length && shared === to.length) return 'same';
  if (shared === from.length || shared === to.length) return 'ancestor';
  if (declared.length === 0 && version > 1 && areMisspelt(from[shared] ?? '', to[shared] ?? ''))
    return 'unknown';
  return shared > 0 ? 'sibling' : 'disjoint';
}

/** True if the programme treats two families with this relation as two deals that do not compete. */
export function areTwoDeals(relation: FamilyRelation, { conflictScope }: EngagementPolicy): boolean {
  return relation === 'disjoint' && conflictScope === 'family';
}

/** True if a family is this one or a part of it. Unknown families are part of none. */
export function isPartOfFamily(
  family: string | null,
  whole: string,
  { productFamilies }: Pick<EngagementPolicy, 'productFamilies'>,
): boolean {
  const part = resolve(pathOf(family ?? ''), productFamilies);
  const of = resolve(pathOf(whole), productFamilies);
  return part !== undefined && of !== undefined && of.length > 0 && sharedParts(part, of) === of.length;
}

type Path = readonly string[];

function pathOf(name: string): Path {
  const parts = name
    .split(/[/>]/)
    .map((part) => part.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLowerCase());
  return parts.filter((part) => part !== '');
}

/**
 * Finds the declared family that ends in these parts. Undefined if none or several do. Without declared
 * families the path itself is the family.
 */
function resolve(path: Path, declared: readonly string[]): Path | undefined {
  if (declared.length === 0) return path;
  const nodes = new Map<string, Path>();
  for (const family of declared.map(pathOf))
    for (let length = 1; length <= family.length; length += 1)
      nodes.set(family.slice(0, length).join('/'), family.slice(0, length));
  const written = path.join('/');
  const exact = nodes.get(written);
  if (exact) return exact;
  const ending = [...nodes].filter(([node]) => node.endsWith(`/${written}`)).map(([, node]) => node);
  return ending.length === 1 ? ending[0] : undefined;
}

/** True if the two names differ only by typing errors, spaces or punctuation. */
function areMisspelt(left: string, right: string): boolean {
  const [a, b] = [wordsOf(left), wordsOf(right)];
  if (a.length === b.length && a.length > 1)
    return a.every((word, n) => word === b[n] || isTypo(word, b[n] ?? ''));
  return a.join('') === b.join('') || isTypo(a.join(''), b.join(''));
}

function wordsOf(name: string): readonly string[] {
  return name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
}

function sharedParts(a: Path, b: Path): number {
  const differs = a.findIndex((part, index) => part !== b[index]);
  return differs === -1 ? a.length : differs;
}
