import {
  exitCodes,
  jsonOption,
  printResult,
  textOption,
  UsageError,
  type Command,
} from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import {
  simulatedOutcomes,
  simulateProgram,
  type SimulatedVerdict,
  type Simulation,
} from '#src/operations/program/simulate-program.ts';
import { fileArgument, programInFile } from './program-file.ts';

export const simulateProgramFile: Command = {
  arguments: [fileArgument],
  options: [
    ['--from <date>', 'the first day of the decisions; without it, the last whole quarter'],
    ['--to <date>', 'the last day; without it, today'],
    jsonOption,
  ],
  examples: [
    'program simulate programme.yaml',
    'program simulate programme.yaml --from 2026-07-01 --to 2026-09-30',
  ],
  details: 'Uses the facts that were stored with each decision. Writes nothing.',
  async run(values, [file]) {
    const document = await programInFile(file);
    const [from, to] = [dayOption(values['from'], 'from'), dayOption(values['to'], 'to')];
    if (from === undefined && to !== undefined) throw new UsageError('--to needs --from.');
    return withDeps(async (deps) => {
      const simulation = await simulateProgram(deps, { document, from, to });
      printResult(values, simulation, linesOf(simulation));
      return exitCodes.ok;
    });
  },
};

function dayOption(value: string | boolean | undefined, name: string): string | undefined {
  const date = textOption(value);
  if (date === null) return undefined;
  const time = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(date)) return date;
  throw new UsageError(`--${name} "${date}" is not a date like 2026-07-01.`);
}

function linesOf({
  from,
  to,
  registrations,
  unchanged,
  changes,
  unknown,
  earlier,
  now,
}: Simulation): readonly string[] {
  return [
    `${registrations} registrations were decided from ${from} to ${to}.`,
    ...simulatedOutcomes.map((outcome) => `  ${outcome}: ${earlier[outcome]} → ${now[outcome]}`),
    `${unchanged} unchanged, ${changes.length} changed, ${unknown.length} not known`,
    ...changes.map(
      ({ number, decidedOn, byPerson, ...verdicts }) =>
        `  ${number} (${decidedOn}${byPerson ? ', then decided by a person' : ''}): ${words(verdicts.earlier)} → ${words(verdicts.now)}`,
    ),
    ...unknown.map(({ number, reason }) => `  ${number}: not known. ${reason}`),
  ];
}

function words({ outcome, protectedUntil }: SimulatedVerdict): string {
  return protectedUntil === null ? outcome : `${outcome}, protected until ${protectedUntil}`;
}
