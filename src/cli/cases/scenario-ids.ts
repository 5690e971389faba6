import { createHash } from 'node:crypto';

/** The ids of the records of a scenario. */
export interface ScenarioIds {
  /** In alphabetical order, which is the order of their ids, too. */
  readonly registrations: readonly string[];
  readonly opportunities: readonly string[];
  readonly registration: (name: string) => string;
  readonly registrationName: (id: string) => string;
  readonly partner: (name: string) => string;
  readonly account: (name: string) => string;
  readonly opportunity: (name: string) => string;
}

interface Named {
  readonly steps: readonly object[];
  readonly expected: readonly { readonly registrations?: Readonly<Record<string, unknown>> | undefined }[];
}

/** Gives every name in a scenario an id. */
export function scenarioIds({ steps, expected }: Named): ScenarioIds {
  const values = (field: string) => steps.flatMap((step) => valuesOf(step, field));
  const registrations = sorted([
    ...['registration', 'supersedes', 'supersededBy'].flatMap(values),
    ...expected.flatMap((step) => Object.keys(step.registrations ?? {})),
  ]);
  const byId = new Map(registrations.map((name, index) => [orderedId(index), name]));
  return {
    registrations,
    opportunities: sorted(values('opportunity')),
    registration: (name) => orderedId(registrations.indexOf(name)),
    registrationName: (id) => byId.get(id) ?? id,
    partner: (name) => idOf(`partner ${name}`),
    account: (name) => idOf(`account ${name}`),
    opportunity: (name) => idOf(`opportunity ${name}`),
  };
}

function valuesOf(step: object, field: string): readonly string[] {
  const inStep = (step as Readonly<Record<string, unknown>>)[field];
  const inValues = (step as { readonly with?: Readonly<Record<string, unknown>> }).with?.[field];
  return [inStep, inValues].filter((value): value is string => typeof value === 'string');
}

const sorted = (names: readonly string[]): readonly string[] => [...new Set(names)].toSorted();

function orderedId(index: number): string {
  return `00000000-0000-7000-8000-${index.toString(16).padStart(12, '0')}`;
}

function idOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
