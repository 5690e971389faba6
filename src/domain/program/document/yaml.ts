/** A programme as YAML. The same document always gives the same text. */
import { Document, isMap, isScalar, isSeq, parseDocument, visit, type Node } from 'yaml';
import { readProgramDocument, type DocumentReading, type ProgramDocument } from './document.ts';

const lineWidth = 140;
/** An alias repeats a part of a document. More of them than this could fill the memory. */
const maxAliases = 100;

export function programToYaml(document: ProgramDocument): string {
  const written = new Document(document, { aliasDuplicateObjects: false });
  visit(written, {
    Pair(_, { key, value }) {
      if ((isMap(value) || isSeq(value)) && isShort(value, isScalar(key) ? String(key.value) : ''))
        value.flow = true;
    },
    Seq(_, { items }) {
      for (const item of items) if (isMap(item) && isShort(item, '- ')) item.flow = true;
    },
  });
  return written.toString({ lineWidth, flowCollectionPadding: false, singleQuote: false });
}

/** A part that fits on one line and is not nested deeply is written on one line. */
function isShort(node: Node, label: string): boolean {
  return JSON.stringify(node).length + label.length <= 100;
}

/** Reads a programme from YAML, or from JSON, which is YAML too. */
export function programFromYaml(text: string): DocumentReading {
  const parsed = parseProgramYaml(text);
  return 'problem' in parsed
    ? { ok: false, problems: [{ path: '', message: parsed.problem }] }
    : readProgramDocument(parsed.value);
}

/** The library's check of repeated keys compares each with every other one, so it is done here. */
function parseProgramYaml(text: string): { readonly value: unknown } | { readonly problem: string } {
  const document = parseDocument(text, { uniqueKeys: false });
  const [error] = document.errors;
  if (error) return { problem: `This is not YAML. Correct it there: ${error.message.trimEnd()}` };
  const repeated = repeatedKey(document);
  if (repeated !== null)
    return { problem: `The setting "${repeated}" is written twice in one place. Remove one.` };
  try {
    return { value: document.toJS({ maxAliasCount: maxAliases }) };
  } catch (failure) {
    return { problem: `This is not YAML: ${failure instanceof Error ? failure.message : String(failure)}` };
  }
}

function repeatedKey(document: Document): string | null {
  let repeated: string | null = null;
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        const name = isScalar(key) ? key.value : key;
        if (seen.has(name)) repeated ??= String(name);
        seen.add(name);
      }
    },
  });
  return repeated;
}
