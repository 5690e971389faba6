import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { projectImports } from '#test/architecture/layers.ts';

/** The files of the connectors that turn values into values; the others talk to a vendor or to a disk. */
const pureConnectorFiles: readonly string[] = [
  'files/{amount,csv-rows,invoice-row,payout-file}',
  'hubspot/{errors,limits,record-url,records,settings,values}',
  'hubspot/events/{events,webhook}',
  'hubspot/schema/{naming,write-rules}',
  'salesforce/{errors,portions,record,record-url,settings}',
  'salesforce/bulk/{bulk-csv,bulk-token,csv-rows}',
  'salesforce/events/{pub-sub-error,webhook}',
  'salesforce/schema/{describe,formula,judge-formula,metadata,naming}',
];

const sourcePatterns: readonly string[] = [
  'src/domain/**/*.ts',
  'mappings/engine/**/*.ts',
  ...pureConnectorFiles.map((file) => `connectors/${file}.ts`),
];
const testPatterns: readonly string[] = ['test/{domain,mappings,connectors}/**/*.test.ts'];

/** A test that imports these needs a database, a queue or a vendor, so it is no unit test. */
const services = /^(src\/(db|queue|operations|http|cli|deps)|sandbox|workers|test\/(support|sandbox))\b/;

export interface MutatedFile {
  /** Paths are from the root of the repository, with forward slashes. */
  readonly file: string;
  readonly module: string;
  /** Its unit tests, the file of the same name first. */
  readonly tests: readonly string[];
  /** The files on the ways from those tests to this file, both ends included. */
  readonly between: readonly string[];
}

/** Every file that is mutated, with its unit tests, read from the sources under `root`. */
export function mutatedFiles(root: string): readonly MutatedFile[] {
  const filesOf = (patterns: readonly string[]) =>
    patterns.flatMap((pattern) => globSync(pattern, { cwd: root }).toSorted());
  const imports = new ImportGraph(root);
  const tests = filesOf(testPatterns).filter(
    (test) => ![...imports.reachedFrom(test)].some((file) => services.test(file)),
  );
  return filesOf(sourcePatterns).map((file) => {
    const module = moduleOf(file);
    const unitTests = tests.filter(
      (test) =>
        imports.reachedFrom(test).has(file) &&
        (moduleOf(test.replace(/^test\/domain/, 'src/domain').replace(/^test\//, '')) === module ||
          imports.importsOf(test).includes(file)),
    );
    const reached = new Set(unitTests.flatMap((test) => [...imports.reachedFrom(test)]));
    return {
      file,
      module,
      tests: nearestFirst(unitTests, file),
      between: [...reached].filter((each) => imports.reachedFrom(each).has(file)),
    };
  });
}

/**
 * `src/domain/matching/names/fold.ts` is in `domain/matching`; a file right in `src/domain` is in `domain`.
 */
export function moduleOf(file: string): string {
  const folders = file
    .replace(/^src\//, '')
    .split('/')
    .slice(0, -1);
  return folders.slice(0, 2).join('/');
}

function nearestFirst(tests: readonly string[], file: string): readonly string[] {
  const name = basename(file, '.ts');
  return [
    ...tests.filter((test) => basename(test, '.test.ts') === name),
    ...tests.filter((test) => basename(test, '.test.ts') !== name),
  ];
}

class ImportGraph {
  readonly #root: string;
  readonly #imports = new Map<string, readonly string[]>();
  readonly #reached = new Map<string, ReadonlySet<string>>();

  constructor(root: string) {
    this.#root = root;
  }

  importsOf(file: string): readonly string[] {
    const known = this.#imports.get(file);
    if (known) return known;
    const imports = file.endsWith('.ts')
      ? projectImports(file, readFileSync(`${this.#root}/${file}`, 'utf8'))
      : [];
    this.#imports.set(file, imports);
    return imports;
  }

  /** The file itself and everything it imports, directly or not. */
  reachedFrom(file: string): ReadonlySet<string> {
    const known = this.#reached.get(file);
    if (known) return known;
    const reached = new Set([file]);
    for (const each of reached) for (const imported of this.importsOf(each)) reached.add(imported);
    this.#reached.set(file, reached);
    return reached;
  }
}
