import type { HubspotApi } from './api.ts';
import { schemasPath } from './naming.ts';
import { schemasAnswer, type CustomSchema } from './wire.ts';

/** The account's own objects. Their type ids differ from account to account, so they are learnt from whatever reads them. */
export class CustomObjects {
  readonly #api: HubspotApi;
  readonly #names = new Map<string, string>();

  constructor(api: HubspotApi) {
    this.#api = api;
  }

  /** All of them: the endpoint for one takes only this account's ids. */
  async read(): Promise<readonly CustomSchema[]> {
    const { data } = await this.#api.send({ method: 'GET', path: schemasPath() }, schemasAnswer);
    for (const schema of data.results) this.#names.set(schema.objectTypeId, `p_${schema.name}`);
    return data.results;
  }

  /** `p_<name>` for a type id met so far. */
  nameOf(typeId: string): string | undefined {
    return this.#names.get(typeId);
  }
}
