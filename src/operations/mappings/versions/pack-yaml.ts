import { readPack, type MappingPack, type PackReading } from '#mappings/engine/pack/pack.ts';
import { writtenPack } from '#mappings/engine/pack/written-pack.ts';
import { Document, isScalar, isSeq, parseDocument, visit } from 'yaml';

const lineWidth = 140;

/**
 * A pack as people keep it in git: settings in the order of the shipped ones, a line a field. The same pack
 * is always the same text, so that a difference of files is a difference of mappings.
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

/**
 * Reads YAML as a pack. The number in it is only a note of what it was: a new version gets its own, so it may
 * be left out.
 */
export function packFromYaml(text: string): PackReading {
  let parsed: unknown;
  try {
    parsed = valueOf(text);
  } catch (error) {
    const message = error instanceof Error ? error.message.trimEnd() : String(error);
    return {
      ok: false,
      problems: [
        { path: '', message: `This is not YAML: ${message}`, fix: 'Correct it at the place named.' },
      ],
    };
  }
  return readPack(isUnnumbered(parsed) ? { ...parsed, version: 1 } : parsed);
}

/**
 * The library looks for keys that repeat by comparing each with each, which takes minutes for a long lookup;
 * they are looked for here.
 */
function valueOf(text: string): unknown {
  const document = parseDocument(text, { uniqueKeys: false });
  const [error] = document.errors;
  if (error) throw error;
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        const name = isScalar(key) ? key.value : key;
        if (seen.has(name)) throw new SyntaxError(`"${String(name)}" is written twice in one place.`);
        seen.add(name);
      }
    },
  });
  return document.toJS();
}

function isUnnumbered(parsed: unknown): parsed is object {
  return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) && !('version' in parsed);
}

/** Whether two packs map alike, whatever numbers they carry. */
export function samePack(one: MappingPack, other: MappingPack): boolean {
  return packToYaml({ ...one, version: 1 }) === packToYaml({ ...other, version: 1 });
}
