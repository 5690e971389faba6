import { fieldsOf } from '#src/domain/record.ts';
import type {
  Compilation,
  CompiledMapping,
  InboundField,
  OutboundField,
  RecordFilter,
  RemoteShape,
} from './compiled-mapping.ts';
import { checkCycles } from './check/check-cycles.ts';
import { checkCoverage, checkExtras, checkMatch } from './check/check-pack.ts';
import { compileCreation } from './creation.ts';
import { compileExpression } from './expression/expression.ts';
import { Findings } from './check/findings.ts';
import { compileLine } from './check/compile-line.ts';
import { gatherRemote, remoteSources } from './gathering.ts';
import { resolveLine } from './pack/line.ts';
import type { Line, PackContext } from './pack/line.ts';
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
 * Compiles a pack and checks it against an org, so that only values must be checked when it is applied to a
 * record.
 */
export function compileMapping(pack: MappingPack, shape: RemoteShape): Compilation {
  const context = packContextOf(pack, shape);
  const { findings } = context;
  const inbound: InboundField[] = [];
  const outbound: OutboundField[] = [];
  const twoWay: OutboundField[] = [];
  const lines: Line[] = [];
  for (const [index, field] of pack.fields.entries()) {
    const line = resolveLine(field, index, context);
    const compiled = line && compileLine(line, context);
    if (!line || !compiled) continue;
    lines.push(line);
    if (compiled.inbound) inbound.push(compiled.inbound);
    if (!compiled.outbound) continue;
    outbound.push(compiled.outbound);
    if (field.direction === 'both') twoWay.push(compiled.outbound);
  }
  const filter = compileFilter(context);
  const match = checkMatch(context);
  checkExtras(context);
  checkCoverage(shape, context);
  checkCycles(lines, findings);
  const creation = compileCreation(pack, lines, shape, context);
  const { system, object, kind, version } = pack;
  const mapping: CompiledMapping = {
    system,
    object,
    kind,
    version,
    inbound,
    outbound,
    twoWay,
    match,
    extra: pack.extra ?? [],
    ...(filter ? { filter } : {}),
    ...(creation ? { creation } : {}),
    ...(shape.recordTypes && outbound.some(({ choicesByType }) => choicesByType.size > 0)
      ? { recordTypeField: shape.recordTypes.field }
      : {}),
  };
  const { problems, warnings } = findings;
  if (problems.length === 0) return { ok: true, mapping, warnings };
  return { ok: false, problems, warnings };
}

function packContextOf(pack: MappingPack, shape: RemoteShape): PackContext {
  const extra = pack.extra ?? [];
  const ours = fieldsOf(pack.kind, extra);
  const remote = new Map(shape.fields.map((field) => [field.name, field]));
  const ourSources = new Map(Object.entries(ours).map(([name, { type }]) => [name, type]));
  return {
    pack,
    kind: pack.kind,
    extra,
    ours,
    remote,
    timeZone: shape.timeZone ?? null,
    recordTypes: shape.recordTypes ?? null,
    sources: { remote: remoteSources(remote), ours: ourSources },
    creates: pack.fields.every((field) => field.direction === 'out'),
    findings: new Findings(),
  };
}

function compileFilter({ pack, sources, findings }: PackContext): RecordFilter | null {
  if (pack.filter === undefined) return null;
  const refused = (code: string, message: string, fix: string): null => {
    findings.problem('filter', 'filter', code, message, fix);
    return null;
  };
  const expression = compileExpression(pack.filter, { side: 'remote', fields: sources.remote });
  if ('code' in expression) return refused(expression.code, expression.message, expression.fix);
  if (expression.gives !== 'boolean') {
    return refused(
      'filter_unfit',
      `The result of the filter is a ${expression.gives}; it must be true or false.`,
      'Compare the field with a value: remote.Type == "Partner".',
    );
  }
  if (expression.fields.length === 0) {
    return refused(
      'filter_unfit',
      'The filter uses no field, so its result is the same for every record.',
      'Use a field, such as remote.Type == "Partner", or remove the filter.',
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
