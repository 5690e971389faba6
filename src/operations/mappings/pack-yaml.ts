import { readPack, type MappingPack, type PackReading } from '#mappings/engine/pack.ts';
import { writtenPack } from '#mappings/engine/written-pack.ts';
import { Document, isSeq, parse, visit } from 'yaml';

const lineWidth = 140;

/**
 * A pack as people keep it in git: settings in the order of the shipped ones, a line a field. The same pack is always the same text, so that a
 * difference of files is a difference of mappings.
 */
export function packToYaml(pack: MappingPack): string {
  const document = new Document(writtenPack(pack));
  visit(document, {
    Map(_, node, path) {
      if (path.some((one) => isSeq(one))) node.flow = true;
    },
  });
  return document.toString({ lineWidth, flowCollectionPadding: false, singleQuote: true });
}

/** Reads YAML as a pack. The number in it is only a note of what it was: a new version gets its own, so it may be left out. */
export function packFromYaml(text: string): PackReading {
  let parsed: unknown;
  try {
    parsed = parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message.trimEnd() : String(error);
    return { ok: false, problems: [{ path: '', message: `This is not YAML: ${message}`, fix: 'Correct it at the place named.' }] };
  }
  return readPack(isUnnumbered(parsed) ? { ...parsed, version: 1 } : parsed);
}

function isUnnumbered(parsed: unknown): parsed is object {
  return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) && !('version' in parsed);
}

/** Whether two packs map alike, whatever numbers they carry. */
export function samePack(one: MappingPack, other: MappingPack): boolean {
  return packToYaml({ ...one, version: 1 }) === packToYaml({ ...other, version: 1 });
}
