import { fieldsOf } from '#src/domain/record.ts';
import type {
  Compilation,
  CompiledMapping,
  InboundField,
  OutboundField,
  RecordFilter,
  RemoteShape,
} from './compiled-mapping.ts';
import { checkCircles } from './check/check-circles.ts';
import { checkCoverage, checkExtras, checkMatch } from './check/check-pack.ts';
import { compileExpression } from './expression/expression.ts';
import { Findings } from './check/findings.ts';
import { fitLine } from './check/fit-line.ts';
import { gatherRemote, remoteSources } from './gathering.ts';
import { findLine } from './pack/line.ts';
import type { Line, Surroundings } from './pack/line.ts';
import type { MappingPack } from './pack/pack.ts';
import { isRefusal } from './refusal.ts';

export type {
  Compilation,
  CompiledMapping,
  MappingProblem,
  OutboundField,
  RemoteFieldShape,
  RemoteShape,
} from './compiled-mapping.ts';

/**
 * Checks a pack against what an org really has, once, so that applying it to a record needs no checks but the
 * values'.
 */
export function compileMapping(pack: MappingPack, shape: RemoteShape): Compilation {
  const around = surroundingsOf(pack, shape);
  const { findings } = around;
  const inbound: InboundField[] = [];
  const outbound: OutboundField[] = [];
  const twoWay: OutboundField[] = [];
  const lines: Line[] = [];
  for (const [index, field] of pack.fields.entries()) {
    const line = findLine(field, index, around);
    const fitted = line && fitLine(line, around);
    if (!line || !fitted) continue;
    lines.push(line);
    if (fitted.inbound) inbound.push(fitted.inbound);
    if (!fitted.outbound) continue;
    outbound.push(fitted.outbound);
    if (field.direction === 'both') twoWay.push(fitted.outbound);
  }
  const filter = compileFilter(around);
  const match = checkMatch(around);
  checkExtras(around);
  checkCoverage(shape, around);
  checkCircles(lines, findings);
  const { system, object, kind, version } = pack;
  const mapping: CompiledMapping = {
    ...{ system, object, kind, version, inbound, outbound, twoWay, match, extra: pack.extra ?? [] },
    ...(filter ? { filter } : {}),
  };
  const { problems, warnings } = findings;
  if (problems.length === 0) return { ok: true, mapping, warnings };
  return { ok: false, problems, warnings };
}

function surroundingsOf(pack: MappingPack, shape: RemoteShape): Surroundings {
  const extra = pack.extra ?? [];
  const ours = fieldsOf(pack.kind, extra);
  const remote = new Map(shape.fields.map((field) => [field.name, field]));
  const ourSources = new Map(Object.entries(ours).map(([name, { type }]) => [name, type]));
  return {
    ...{ pack, kind: pack.kind, extra, ours, remote },
    sources: { remote: remoteSources(remote), ours: ourSources },
    creates: pack.fields.every((field) => field.direction === 'out'),
    findings: new Findings(),
  };
}

function compileFilter({ pack, sources, findings }: Surroundings): RecordFilter | null {
  if (pack.filter === undefined) return null;
  const wrong = (code: string, message: string, fix: string): null => {
    findings.problem('filter', 'filter', code, message, fix);
    return null;
  };
  const expression = compileExpression(pack.filter, { side: 'remote', fields: sources.remote });
  if ('code' in expression) return wrong(expression.code, expression.message, expression.fix);
  if (expression.gives !== 'boolean') {
    return wrong(
      'filter_unfit',
      `The filter gives a ${expression.gives}; it has to be true or false.`,
      'Compare the field with a value: remote.Type == "Partner".',
    );
  }
  if (expression.fields.length === 0) {
    return wrong(
      'filter_unfit',
      'The filter looks at no field, so it is the same for every record.',
      'Name a field, as in remote.Type == "Partner", or remove the filter.',
    );
  }
  const combination = {
    name: 'filter',
    sources: expression.fields,
    gives: expression.gives,
    combine: expression.evaluate,
  };
  const { gather } = gatherRemote(combination, sources.remote);
  const passes: RecordFilter['passes'] = (record) => {
    const result = gather(record);
    return isRefusal(result) ? result : result === true;
  };
  return { cel: pack.filter, sources: expression.fields, passes };
}
