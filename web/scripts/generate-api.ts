/**
 * Writes `src/api/schema.d.ts`, the console's types of the API, from the API itself: `npm run generate -w
 * web`. Run it after a change to a route; a test fails while the two differ.
 */
import { readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import { describeApi } from '../../src/http/describe-api.ts';

const target = new URL('../src/api/schema.d.ts', import.meta.url);

export async function generateApiTypes(): Promise<string> {
  const document = await describeApi();
  return `${COMMENT_HEADER}${astToString(await openapiTS(JSON.stringify(document), { alphabetize: true, defaultNonNullable: false }))}`;
}

export async function committedApiTypes(): Promise<string> {
  return readFile(target, 'utf8');
}

if (import.meta.main) await writeFile(target, await generateApiTypes());
