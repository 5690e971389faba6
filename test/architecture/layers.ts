import { posix } from 'node:path';
import { importsOf } from './imports.ts';

/**
 * A part of a layer is a folder or one file. It may import parts of lower layers and itself, nothing else.
 */
interface Layer {
  readonly name: string;
  readonly parts: readonly string[];
  readonly purpose: string;
}

/** Top layer first. Where several parts match a file, the longest path wins. */
export const layers: readonly Layer[] = [
  { name: 'entries', parts: ['src/cli', 'src/http', 'workers'], purpose: 'a person, a request, a job' },
  { name: 'verbs', parts: ['src/operations'], purpose: 'load → decide → save, one verb a file' },
  { name: 'wiring', parts: ['src/deps.ts'], purpose: 'builds the dependencies once' },
  {
    name: 'adapters',
    parts: ['src/db', 'src/queue', 'src/mail', 'connectors', 'mappings/packs', 'src/config', 'src/outbound'],
    purpose: 'the outside world, one folder each',
  },
  {
    name: 'contracts',
    parts: ['connectors/contract', 'mappings/engine'],
    purpose: 'what a vendor’s record is to us',
  },
  { name: 'values', parts: ['src/domain'], purpose: 'pure: values in, decisions out' },
];

/** The entry points of processes. Only these may import other parts of the same layer. */
export const processEntries: readonly string[] = ['src/cli/start.ts', 'src/cli/serve.ts', 'workers/main.ts'];

/** Folders whose subfolders never import each other: one vendor does not know another. */
const independentFolders: readonly string[] = ['connectors', 'sandbox'];

/** Every vendor’s folder imports these, although they are beside it: the contract, and the profiles of the sandbox. */
const sharedByVendors: readonly string[] = ['connectors/contract', 'sandbox/profiles'];

/** Stand-ins for the vendors. They and the product meet only over HTTP. */
const sandbox = 'sandbox';

/** The folders the picture covers. `web` uses the HTTP API; `test` and `bench` may import everything. */
export const coveredFolders: readonly string[] = ['src', 'connectors', 'mappings', 'workers', sandbox];

const allParts = layers.flatMap((layer, level) =>
  layer.parts.map((part) => ({ part, level, layer: layer.name })),
);

function partOf(file: string) {
  const matching = allParts.filter(({ part }) => file === part || file.startsWith(`${part}/`));
  return matching.toSorted((a, b) => b.part.length - a.part.length)[0];
}

/** The errors in the imports of one file: a sentence each, naming the import and what is allowed. */
export function brokenImports(file: string, source: string): readonly string[] {
  return projectImports(file, source).flatMap((target) => {
    const problem = problemWith(file, target);
    return problem === null ? [] : [`${file} imports ${target}: ${problem}`];
  });
}

/** The files of this project that a source imports, as paths from its root. Packages are left out. */
export function projectImports(file: string, source: string): readonly string[] {
  return importsOf(source).flatMap((specifier) => {
    if (specifier.startsWith('#')) return [specifier.slice(1)];
    return specifier.startsWith('.') ? [posix.join(posix.dirname(file), specifier)] : [];
  });
}

function problemWith(file: string, target: string): string | null {
  const inSandbox = (path: string) => path.startsWith(`${sandbox}/`);
  if (inSandbox(file) !== inSandbox(target)) return 'the sandbox and the product meet only over HTTP';
  const shared = independentFolders.find(
    (folder) => file.startsWith(`${folder}/`) && target.startsWith(`${folder}/`),
  );
  if (shared && areNeighbours(shared, file, target)) return `the folders of ${shared} import each other`;
  if (inSandbox(file)) return null;
  const from = partOf(file);
  const to = partOf(target);
  if (!from) return `${file} is in no layer. Add it to test/architecture/layers.ts`;
  if (!to) return `${target} is in no layer the product may use`;
  if (from.part === to.part || to.level > from.level) return null;
  if (to.level === from.level && processEntries.includes(file)) return null;
  const below = allParts.filter(({ level }) => level > from.level).map(({ part }) => part);
  return `${from.part} (${from.layer}) may import ${below.length > 0 ? below.join(', ') : 'nothing but itself'}`;
}

function areNeighbours(folder: string, file: string, target: string): boolean {
  if (sharedByVendors.some((shared) => target.startsWith(`${shared}/`))) return false;
  const childOf = (path: string) => posix.dirname(path.slice(folder.length + 1)).split('/')[0];
  const [from, to] = [childOf(file), childOf(target)];
  return from !== '.' && to !== '.' && from !== to;
}

/** The picture in docs/ARCHITECTURE.md. */
export function renderPicture(): string {
  const rows = layers.map((layer) => [layer.name, layer.parts.join('   '), layer.purpose] as const);
  const nameWidth = Math.max(...rows.map(([name]) => name.length));
  const partsWidth = Math.max(...rows.map(([, parts]) => parts.length));
  const lines = rows.map(
    ([name, parts, purpose]) => `${name.padEnd(nameWidth)}   ${parts.padEnd(partsWidth)}   ${purpose}`,
  );
  return lines.join(`\n   ↓\n`);
}
