import type { Site } from './sites.ts';

/** A mutant that behaves like the original, so that no test can distinguish them. */
interface Equivalent {
  readonly file: string;
  /** The source line on which the change begins, without the blanks around it. */
  readonly line: string;
  readonly original: string;
  readonly replacement: string;
  readonly reason: string;
  /** Which of several equal places in the file is meant, counted from 1. */
  readonly nth?: number;
}

export const equivalents: readonly Equivalent[] = [];

/**
 * Leaves out the sites that are listed as equivalent.
 * @throws Error when an entry names no site, or more than one
 */
export function withoutEquivalents(
  sites: readonly Site[],
  lineOf: (site: Site) => string,
  listed: readonly Equivalent[] = equivalents,
): readonly Site[] {
  const excluded = new Set(
    listed.map((entry) => {
      const matching = sites.filter(
        (site) =>
          site.file === entry.file &&
          site.original === entry.original &&
          site.replacement === entry.replacement &&
          lineOf(site) === entry.line,
      );
      const site = entry.nth === undefined ? matching[0] : matching[entry.nth - 1];
      if (!site || (entry.nth === undefined && matching.length > 1)) {
        throw new Error(
          `${entry.file}: ${matching.length} sites are "${entry.original}" -> "${entry.replacement}" on the line ` +
            `"${entry.line}". Correct or remove the entry in test/mutation/equivalents.ts.`,
        );
      }
      return site;
    }),
  );
  return sites.filter((site) => !excluded.has(site));
}
