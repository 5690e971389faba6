import { posix } from 'node:path';
import { importsOf } from './imports.ts';

/**
 * One floor of the building. A room may import rooms on lower floors and itself, and nothing else of the
 * product.
 */
interface Floor {
  readonly name: string;
  readonly rooms: readonly string[];
  readonly purpose: string;
}

/** Top floor first. A room is a folder or one file; where both match, the longer path wins. */
export const floors: readonly Floor[] = [
  { name: 'entries', rooms: ['src/cli', 'src/http', 'workers'], purpose: 'a person, a request, a job' },
  { name: 'verbs', rooms: ['src/operations'], purpose: 'load → decide → save, one verb a file' },
  { name: 'wiring', rooms: ['src/deps.ts'], purpose: 'builds the dependencies once' },
  {
    name: 'adapters',
    rooms: ['src/db', 'src/queue', 'connectors', 'mappings/packs', 'src/config'],
    purpose: 'the outside world, one room each',
  },
  {
    name: 'contracts',
    rooms: ['connectors/contract/crm.ts', 'mappings/engine'],
    purpose: 'what a vendor’s record is to us',
  },
  { name: 'values', rooms: ['src/domain'], purpose: 'pure: values in, decisions out' },
];

/** Where processes begin: these put the rooms of their own floor together. */
export const processEntries: readonly string[] = ['src/cli/start.ts', 'src/cli/serve.ts', 'workers/main.ts'];

/** Rooms whose folders stand alone: one vendor never imports another. */
const terraces: readonly string[] = ['connectors', 'sandbox'];

/** Stand-ins for the vendors. They and the product meet only over HTTP. */
const sandbox = 'sandbox';

/**
 * The folders the picture covers. `web` meets the product over HTTP; `test` and `bench` may look everywhere.
 */
export const coveredFolders: readonly string[] = ['src', 'connectors', 'mappings', 'workers', sandbox];

const allRooms = floors.flatMap((floor, level) =>
  floor.rooms.map((room) => ({ room, level, floor: floor.name })),
);

function roomOf(file: string) {
  const matching = allRooms.filter(({ room }) => file === room || file.startsWith(`${room}/`));
  return matching.sort((a, b) => b.room.length - a.room.length)[0];
}

/** What is wrong with the imports of one file: a sentence each, naming the import and what is allowed. */
export function brokenImports(file: string, source: string): readonly string[] {
  return importsOf(source).flatMap((specifier) => {
    const target = resolveImport(file, specifier);
    const problem = target === null ? null : problemWith(file, target);
    return problem === null ? [] : [`${file} imports ${target}: ${problem}`];
  });
}

/** The path an import means, from the project's root; `null` for a package. */
function resolveImport(file: string, specifier: string): string | null {
  if (specifier.startsWith('#')) return specifier.slice(1);
  return specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : null;
}

function problemWith(file: string, target: string): string | null {
  const inSandbox = (path: string) => path.startsWith(`${sandbox}/`);
  if (inSandbox(file) !== inSandbox(target)) return 'the sandbox and the product meet only over HTTP';
  const terrace = terraces.find((room) => file.startsWith(`${room}/`) && target.startsWith(`${room}/`));
  if (terrace && areNeighbours(terrace, file, target)) return `the folders of ${terrace} stand alone`;
  if (inSandbox(file)) return null;
  const from = roomOf(file);
  const to = roomOf(target);
  if (!from) return `${file} is in no room. Add one to test/architecture/layers.ts`;
  if (!to) return `${target} is in no room the product may use`;
  if (from.room === to.room || to.level > from.level) return null;
  if (to.level === from.level && processEntries.includes(file)) return null;
  const below = allRooms.filter(({ level }) => level > from.level).map(({ room }) => room);
  return `${from.room} (${from.floor}) may import ${below.length > 0 ? below.join(', ') : 'nothing but itself'}`;
}

function areNeighbours(terrace: string, file: string, target: string): boolean {
  const folderOf = (path: string) => posix.dirname(path.slice(terrace.length + 1)).split('/')[0];
  const [from, to] = [folderOf(file), folderOf(target)];
  return from !== '.' && to !== '.' && from !== to;
}

/** The picture in docs/ARCHITECTURE.md. */
export function renderPicture(): string {
  const rows = floors.map((floor) => [floor.name, floor.rooms.join('   '), floor.purpose] as const);
  const [nameWidth, roomsWidth] = [0, 1].map((column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const lines = rows.map(
    ([name, rooms, purpose]) =>
      `${name.padEnd(nameWidth ?? 0)}   ${rooms.padEnd(roomsWidth ?? 0)}   ${purpose}`,
  );
  return lines.join(`\n   ↓\n`);
}
