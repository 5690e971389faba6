import { posix } from 'node:path';
import { projectImports } from './layers.ts';

/** The subject of each module. Its name is the same on every layer that has it. */
export const modules = {
  connections: 'the CRMs and ERPs we are signed in to: credentials, health, call budget',
  jobs: 'background work: outbox, relay, progress',
  alerts: 'telling an admin that something changed',
  clocks: 'whether the clocks of this server, the database and the vendors agree',
  sync: 'pull, hints, place, edits and write together, on layers that do not separate them',
  pull: 'reading what changed in a vendor’s system',
  hints: 'messages from a vendor that something changed',
  place: 'turning remote records into canonical ones',
  edits: 'changes people make in Fairway, and conflicts between two sides',
  write: 'planning and sending changes to a vendor',
  refresh: 'applying a hint: pull, place and evaluate what it names',
  records: 'canonical records: their values, timeline and erasure',
  mappings: 'which vendor field is which field of ours: versions, trial, backfill, restore, drift',
  'live-mappings': 'the mapping in force for one object, checked against what the vendor has now',
  matching: 'whether two companies are the same customer',
  duplicates: 'accounts of one CRM that are the same customer',
  registrations: 'deal registrations: rules of engagement, review, deadlines',
  'service-levels': 'promised times: business calendars, targets, pauses, escalations',
  notices: 'what people and other systems learn about registrations: e-mail and webhooks',
  program: 'the partner programme: tiers and the rules a partner earns by',
  incentive: 'what partners earn',
  ledger: 'postings and periods',
  payouts: 'payout batches: draft, approval, export',
  people: 'users, sign-in, audit trail',
  analytics: 'metrics of the process, and the rows behind each number',
  runs: 'the main job from start to summary',
} as const;
export type Module = keyof typeof modules;

/**
 * Which modules of `src/operations` a module may import. Two modules never import each other, directly or
 * through others. A line names only what is really used: the test fails for an entry that nothing needs.
 */
export const operationModules: Readonly<Partial<Record<Module, readonly Module[]>>> = {
  jobs: [],
  alerts: [],
  clocks: [],
  people: [],
  matching: ['people'],
  'live-mappings': ['alerts'],
  connections: ['alerts', 'live-mappings'],
  records: [],
  program: ['clocks', 'jobs', 'people'],
  hints: ['connections', 'jobs'],
  edits: ['connections', 'jobs', 'records'],
  duplicates: ['connections', 'jobs', 'matching'],
  registrations: ['alerts', 'clocks', 'connections', 'edits', 'jobs', 'matching', 'program'],
  notices: ['alerts', 'jobs', 'program'],
  incentive: ['clocks', 'jobs', 'people', 'program'],
  payouts: ['clocks', 'connections', 'jobs', 'people', 'program'],
  place: ['connections', 'hints', 'jobs', 'live-mappings', 'program', 'records'],
  pull: ['alerts', 'connections', 'hints', 'jobs', 'live-mappings', 'place', 'program'],
  write: ['connections', 'edits', 'hints', 'jobs', 'payouts', 'place', 'records'],
  mappings: [
    'connections',
    'jobs',
    'live-mappings',
    'people',
    'place',
    'program',
    'pull',
    'records',
    'write',
  ],
  refresh: ['connections', 'hints', 'jobs', 'place', 'pull', 'registrations', 'write'],
  analytics: ['program'],
  runs: ['alerts', 'clocks', 'connections', 'jobs', 'people', 'pull'],
};

const root = 'src/operations';

/** The module of a file in `src/operations`; null outside it and for a file directly in it. */
function operationModule(path: string): string | null {
  if (!path.startsWith(`${root}/`)) return null;
  const [first, ...rest] = posix.relative(root, path).split('/');
  return first !== undefined && rest.length > 0 ? first : null;
}

export interface ModuleUse {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Every import of one source from its own module of `src/operations` into another. */
export function moduleUses(file: string, source: string): readonly ModuleUse[] {
  const from = operationModule(file);
  if (from === null) return [];
  return projectImports(file, source).flatMap((target) => {
    const to = operationModule(target);
    return to === null || to === from ? [] : [{ file, from, to }];
  });
}

/** The uses that the table does not allow, a sentence each. */
export function forbiddenUses(uses: readonly ModuleUse[]): readonly string[] {
  const table: Readonly<Record<string, readonly string[]>> = operationModules;
  return uses
    .filter(({ from, to }) => !table[from]?.includes(to))
    .map(
      ({ file, from, to }) =>
        `${file}: ${from} may import ${table[from]?.join(', ') || 'no other module'}, not ${to}`,
    );
}

/** The modules on a circle of the table, in order; empty when there is none. */
export function circleIn(table: Readonly<Record<string, readonly string[]>>): readonly string[] {
  const finished = new Set<string>();
  const visit = (name: string, path: readonly string[]): readonly string[] => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (finished.has(name)) return [];
    for (const next of table[name] ?? []) {
      const circle = visit(next, [...path, name]);
      if (circle.length > 0) return circle;
    }
    finished.add(name);
    return [];
  };
  return (
    Object.keys(table)
      .map((name) => visit(name, []))
      .find((circle) => circle.length > 0) ?? []
  );
}

/** The table of modules in docs/ARCHITECTURE.md. */
export function renderModules(): string {
  const rows = Object.entries(modules).map(([name, about]) => {
    const uses = operationModules[name as Module];
    return `| ${name} | ${about} | ${uses === undefined ? '–' : uses.join(', ') || 'none'} |`;
  });
  return ['| module | about | modules of `operations` it may use |', '| --- | --- | --- |', ...rows].join(
    '\n',
  );
}
