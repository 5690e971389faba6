import { ConnectorError } from '#connectors/contract/failures.ts';
import type { HubspotApi } from '#connectors/hubspot/api.ts';
import { failureOf } from '#connectors/hubspot/errors.ts';
import { objectName, schemasPath, standardTypeIds } from './naming.ts';
import { schemasAnswer, type CustomSchema } from '#connectors/hubspot/wire.ts';

/** The type ids of custom objects begin with this in every account. */
const customPrefix = '2-';
const standardNames = new Map(Object.entries(standardTypeIds).map(([name, typeId]) => [typeId, name]));
const installedObjects = [objectName('registration'), objectName('payout')];

/**
 * The custom objects of the account. Their type ids differ between accounts, so every read of the schemas
 * stores them.
 */
export class CustomObjects {
  readonly #api: HubspotApi;
  readonly #names = new Map<string, string>();

  constructor(api: HubspotApi) {
    this.#api = api;
  }

  /** Reads all schemas, because the endpoint for a single one accepts only its type id. */
  async read(): Promise<readonly CustomSchema[]> {
    const { data } = await this.#api.send({ method: 'GET', path: schemasPath() }, schemasAnswer);
    for (const schema of data.results) this.#names.set(schema.objectTypeId, `p_${schema.name}`);
    return data.results;
  }

  /**
   * The objects that a type id may mean. Until the schemas were read, a custom type id may mean any object
   * that Fairway installed.
   */
  namesOf(typeId: string): readonly string[] {
    const standard = standardNames.get(typeId);
    if (standard !== undefined) return [standard];
    if (this.#names.size === 0) return typeId.startsWith(customPrefix) ? installedObjects : [];
    return [this.#names.get(typeId) ?? []].flat();
  }

  /** @throws ConnectorError (mapping) when the account has no such object */
  async typeIdOf(object: string): Promise<string> {
    const known = standardTypeIds[object] ?? this.#typeIdNamed(object);
    if (known !== undefined) return known;
    await this.read();
    const found = this.#typeIdNamed(object);
    if (found === undefined)
      throw new ConnectorError(
        failureOf(400, { message: `Unable to infer object type from: ${object}` }, null),
      );
    return found;
  }

  #typeIdNamed(object: string): string | undefined {
    return [...this.#names].find(([, name]) => name === object)?.[0];
  }
}
