import { readPack, type MappingPack, type PackReading } from '#mappings/engine/pack/pack.ts';
import { writtenPack } from '#mappings/engine/pack/written-pack.ts';
import { Document, isScalar, isSeq, parseDocument, visit } from 'yaml';

const lineWidth = 140;

/**
 * Formats a pack as YAML for git, with one line for each field. The same pack always gives the same text, so
 * two files differ only when their mappings differ.
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

/** Reads a pack from YAML. The version number is optional, because a new version gets its own number. */
export function packFromYaml(text: string): PackReading {
  let parsed: unknown;
  try {
    parsed = parseYaml(text);
  } catch (error) {
    const message = error instanceof Error ? error.message.trimEnd() : String(error);
    return {
      ok: false,
      problems: [{ path: '', message: `This is not YAML: ${message}`, fix: 'Correct the YAML there.' }],
    };
  }
  return readPack(isUnnumbered(parsed) ? { ...parsed, version: 1 } : parsed);
}

/**
 * Parses YAML and rejects repeated keys. The library's own check compares every key with every other one,
 * which takes minutes for a long lookup table.
 */
function parseYaml(text: string): unknown {
  const document = parseDocument(text, { uniqueKeys: false });
  const [error] = document.errors;
  if (error) throw error;
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        const name = isScalar(key) ? key.value : key;
        if (seen.has(name)) throw new SyntaxError(`The key "${String(name)}" is repeated.`);
        seen.add(name);
      }
    },
  });
  return document.toJS();
}

function isUnnumbered(parsed: unknown): parsed is object {
  return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) && !('version' in parsed);
}

/** Compares two packs without their version numbers. */
export function samePack(one: MappingPack, other: MappingPack): boolean {
  return packToYaml({ ...one, version: 1 }) === packToYaml({ ...other, version: 1 });
}
