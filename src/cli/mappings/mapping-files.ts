import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import { LineCounter, parseDocument } from 'yaml';
import type { Connection } from '#src/db/connections/connection-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { slugOf } from '#src/operations/mappings/versions/export-mapping.ts';
import { packFromYaml } from '#src/operations/mappings/versions/pack-yaml.ts';
import { textOption, UsageError, type OptionValues } from '#src/cli/command.ts';
import { chosenConnections } from '#src/cli/sync/chosen-connections.ts';
import { writeSchema } from './schema-file.ts';

/** Something wrong in a file, where an editor finds it. */
export interface FileProblem {
  readonly file: string;
  readonly line: number | null;
  /** `fields[3].transform`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
  readonly fix: string;
}

export interface MappingFile {
  readonly file: string;
  readonly connection: Connection;
  /** Null: it cannot be read; see `problems`. */
  readonly pack: MappingPack | null;
  readonly problems: readonly FileProblem[];
  /** Puts something found later at its place in the file. */
  readonly at: (found: Pick<FileProblem, 'path' | 'message' | 'fix'>) => FileProblem;
}

export type ReadableFile = MappingFile & { readonly pack: MappingPack };

/** The folder argument of a command. @throws UsageError */
export function folderOf(positionals: readonly string[]): string {
  const [folder, second] = positionals;
  if (folder === undefined)
    throw new UsageError('Name the folder with the mapping files, for example crm-mappings.');
  if (second !== undefined) throw new UsageError(`Name one folder only; “${second}” is a second one.`);
  return folder;
}

/**
 * The folder a command writes mapping files to, made if need be, with the schema for editors in it; and the
 * connections whose files they are: all, or with `--connection` one.
 *
 * @throws AppError when there is no such connection, or two would share a file
 */
export async function folderToFill(
  deps: Deps,
  folder: string,
  values: OptionValues,
): Promise<readonly Connection[]> {
  const connections = await chosenConnections(deps, textOption(values['connection']));
  requireDistinctNames(await chosenConnections(deps, null));
  await mkdir(folder, { recursive: true });
  await writeSchema(folder);
  return connections;
}

/**
 * All mapping files of a folder, each with the connection it is for: the one whose name it begins with
 * (`crm-emea.account.yaml`), or the only one of its system. With `--connection`, those of that one.
 *
 * @throws AppError when the folder cannot be read or holds none, or a file could be for several connections
 */
export async function readMappingFiles(
  deps: Deps,
  folder: string,
  values: OptionValues,
): Promise<readonly MappingFile[]> {
  const only = textOption(values['connection']);
  const connections = await chosenConnections(deps, null);
  requireDistinctNames(connections);
  const wanted = only === null ? null : (await chosenConnections(deps, only)).map((one) => one.id);
  const names = (await namesIn(folder)).filter((name) => /\.ya?ml$/.test(name));
  const files = await Promise.all(
    names
      .toSorted()
      .map(async (name) =>
        readMappingFile(join(folder, name), await readFile(resolve(folder, name), 'utf8'), connections),
      ),
  );
  const chosen = files.filter((one) => wanted === null || wanted.includes(one.connection.id));
  if (chosen.length > 0) return chosen;
  throw new AppError(
    'not_found',
    `There is no mapping file in ${folder}. Write them with: npm run fairway -- mappings init ${folder}`,
  );
}

/** Files name their connection. @throws AppError naming two whose files would be the same */
export function requireDistinctNames(connections: readonly Connection[]): void {
  for (const [slug, [one, other]] of Map.groupBy(connections, ({ name }) => slugOf(name)))
    if (one && other)
      throw new AppError(
        'conflict',
        `The files of “${one.name}” and “${other.name}” would both be called ${slug}.…: connect one of the two under another name.`,
      );
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    throw new AppError(
      'bad_request',
      `The folder ${folder} cannot be read. Make it with: npm run fairway -- mappings init ${folder}`,
      {},
      error,
    );
  }
}

function readMappingFile(file: string, text: string, connections: readonly Connection[]): MappingFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false });
  const at: MappingFile['at'] = ({ path, message, fix }) => ({
    file,
    line: lineOf(document, lines, path),
    path,
    message,
    fix,
  });
  const reading = packFromYaml(text);
  const connection = connectionFor(file, String(document.get('system')), connections);
  if (!reading.ok) return { file, connection, pack: null, problems: reading.problems.map(at), at };
  const { system } = reading.pack;
  if (system === connection.kind) return { file, connection, pack: reading.pack, problems: [], at };
  const foreign = {
    path: 'system',
    message: `This is a mapping for ${system}, and ${connection.name} is ${connection.kind}.`,
  };
  return {
    file,
    connection,
    pack: null,
    problems: [at({ ...foreign, fix: `Set it to ${connection.kind}, or rename the file.` })],
    at,
  };
}

function connectionFor(file: string, system: string, connections: readonly Connection[]): Connection {
  const prefix = file.replace(/^.*[/\\]/, '').replace(/\..*$/, '');
  const named = connections.find((one) => slugOf(one.name) === prefix);
  if (named) return named;
  const ofSystem = connections.filter((one) => one.kind === system);
  const [only] = ofSystem;
  if (only && ofSystem.length === 1) return only;
  const names = connections.map((one) => `${slugOf(one.name)}.account.yaml`).join(', ');
  throw new AppError(
    'bad_request',
    `${file}: for which connection is it? Name it as one of these: ${names}.`,
    { file },
  );
}

/** The line of the nearest part of the path that is written. */
function lineOf(document: ReturnType<typeof parseDocument>, lines: LineCounter, path: string): number | null {
  const keys = [...path.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, key]) =>
    index === undefined ? (key ?? '') : Number(index),
  );
  for (let length = keys.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(keys.slice(0, length), true);
    const range =
      typeof node === 'object' && node !== null && 'range' in node
        ? (node.range as readonly number[] | null)
        : null;
    if (range?.[0] !== undefined) return lines.linePos(range[0]).line;
  }
  return null;
}

/** `git/crm-emea.account.yaml:12: fields[3].transform: … Fix.` */
export function problemLine({ file, line, path, message, fix }: FileProblem): string {
  return `${file}${line === null ? '' : `:${line}`}: ${path === '' ? '' : `${path}: `}${message.replace(/([^.!?])$/, '$1.')} ${fix}`;
}

/**
 * The files, if all can be read. @throws AppError naming each problem in its file
 */
export function requireReadable(files: readonly MappingFile[]): readonly ReadableFile[] {
  const problems = files.flatMap((one) => one.problems);
  if (problems.length > 0) throw new AppError('bad_request', problems.map(problemLine).join('\n'));
  return files.filter((one): one is ReadableFile => one.pack !== null);
}
