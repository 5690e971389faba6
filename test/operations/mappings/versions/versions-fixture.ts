import type { CrmConnector } from '#connectors/contract/crm.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { ObjectDescription, RemoteField } from '#connectors/contract/records.ts';
import { connection } from '#src/db/schema/connection.ts';
import { sealSecrets } from '#src/db/connections/secrets.ts';
import type { Deps } from '#src/deps.ts';
import type { MappingQuery } from '#src/operations/mappings/versions/mapping-target.ts';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { startDeps, type TestDeps, type TestDepsOptions } from '#test/support/deps.ts';
import { describedFor } from '#test/operations/mappings/described.ts';

/** A Salesforce connection whose objects look as the test says, and people to work on its mappings. */
export interface VersionsFixture extends AsyncDisposable {
  readonly test: TestDeps;
  /** With connectors that describe, and can do nothing else. */
  readonly deps: Deps;
  readonly account: MappingQuery;
  readonly people: Readonly<Record<'olga' | 'piet' | 'ada', string>>;
  /** The vendor's description of an object from now on; null when it does not answer. */
  looksLike(object: string, description: ObjectDescription | null): void;
  /** The object as its shipped mapping needs it, with one field in another way, or without it. */
  withField(object: string, name: string, change: Partial<RemoteField> | null): ObjectDescription;
  /** The number of describe calls. */
  asked(): number;
}

export async function startVersionsFixture(
  options: TestDepsOptions = { now: '2026-11-18T10:00:00Z' },
): Promise<VersionsFixture> {
  await using starting = new AsyncDisposableStack();
  const test = starting.use(await startDeps(options));
  const connectionId = test.deps.ids();
  await test.deps.db.insert(connection).values({
    id: connectionId,
    kind: 'salesforce',
    name: 'Salesforce',
    settings: { sandbox: true },
    secrets: sealSecrets(test.deps.config.masterKey, connectionId, { token: 'none' }),
    createdAt: test.deps.clock(),
  });
  const shown = new Map<string, ObjectDescription | null>();
  let asked = 0;
  const describe = async (object: string): Promise<ObjectDescription> => {
    asked += 1;
    const description = shown.has(object) ? shown.get(object) : describedFor(test.deps, object);
    if (description) return description;
    throw new ConnectorError({
      class: 'retry',
      code: 'UNREACHABLE',
      message: 'It does not answer.',
      fix: 'Try again later.',
    });
  };
  const deps: Deps = {
    ...test.deps,
    connectorFor: () => ({ describe }) as Partial<CrmConnector> as CrmConnector,
  };
  const personOf = async (name: string, role: 'admin' | 'ops'): Promise<string> =>
    (await createLoginLink(deps, { email: `${name.toLowerCase()}@vendor.test`, name, role })).person.id;
  const people = {
    olga: await personOf('Olga', 'ops'),
    piet: await personOf('Piet', 'ops'),
    ada: await personOf('Ada', 'admin'),
  };
  const owned = starting.move();
  return {
    test,
    deps,
    account: { connectionId, object: 'Account' },
    people,
    looksLike: (object, description) => void shown.set(object, description),
    withField(object, name, change) {
      const described = describedFor(test.deps, object);
      const fields = described.fields.flatMap((field) =>
        field.name !== name ? [field] : change === null ? [] : [{ ...field, ...change }],
      );
      const added =
        change !== null && !described.fields.some((field) => field.name === name)
          ? [plainField(name, change)]
          : [];
      return { ...described, fields: [...fields, ...added] };
    },
    asked: () => asked,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function plainField(name: string, change: Partial<RemoteField>): RemoteField {
  return {
    name,
    label: name,
    type: 'text',
    length: 255,
    required: false,
    createable: true,
    updateable: true,
    ...change,
  };
}
