import { z } from 'zod';
import type { WriteRule } from '#connectors/contract/crm.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { ObjectDescription } from '#connectors/contract/records.ts';
import type { SalesforceClient } from '#connectors/salesforce/client.ts';
import { toFailure } from '#connectors/salesforce/errors.ts';
import { fieldsInFormula, parseFormula } from './formula.ts';
import { formulaNames, judgeFormula } from './judge-formula.ts';
import { quoted } from '#connectors/salesforce/record.ts';

/**
 * Reading the formula of a rule costs a call, because Salesforce returns the metadata of one row at a time.
 * The verdict of further rules is unknown.
 */
const formulasRead = 50;

const rulesShape = z.object({
  records: z.array(
    z.object({ Id: z.string(), ValidationName: z.string(), ErrorMessage: z.string().nullish() }),
  ),
});
/** Rules of a managed package have no formula. */
const metadataShape = z.object({
  errorConditionFormula: z.string().nullish(),
  errorDisplayField: z.string().nullish(),
});
const metadataAnswer = z.object({ records: z.array(z.object({ Metadata: metadataShape.nullish() })) });
const duplicatesShape = z.object({
  records: z.array(z.object({ DeveloperName: z.string(), MasterLabel: z.string() })),
});

type RuleRow = z.infer<typeof rulesShape>['records'][number];
type RuleMetadata = z.infer<typeof metadataShape>;

/**
 * The active validation rules and duplicate rules of an object. To see them, the integration user needs “View
 * Setup and Configuration”.
 * @throws ConnectorError `permission` without it
 */
export async function readSalesforceWriteRules(
  client: SalesforceClient,
  description: ObjectDescription,
): Promise<readonly WriteRule[]> {
  const { object } = description;
  const records = await activeRules(client, object);
  const rules: WriteRule[] = [];
  for (const [n, row] of records.entries()) {
    const metadata = n < formulasRead ? await readMetadata(client, row.Id) : null;
    rules.push(validationRule(row, metadata, description));
  }
  return [...rules, ...(await readDuplicateRules(client, object))];
}

async function activeRules(client: SalesforceClient, object: string): Promise<readonly RuleRow[]> {
  const soql = `SELECT Id, ValidationName, ErrorMessage FROM ValidationRule WHERE EntityDefinition.QualifiedApiName = '${quoted(object)}' AND Active = true ORDER BY ValidationName`;
  try {
    return rulesShape.parse(await query(client, '/tooling/query', soql)).records;
  } catch (error) {
    // Salesforce reports objects that a user may not see as unknown.
    if (!(error instanceof ConnectorError) || error.failure.code !== 'INVALID_TYPE') throw error;
    throw new ConnectorError({ ...error.failure, class: 'permission', fix: allowViewSetup }, error);
  }
}

const allowViewSetup =
  'Give the integration user the permission “View Setup and Configuration” (Setup › Permission Sets), so that Fairway can see your validation rules, and start the dry run again.';

async function readMetadata(client: SalesforceClient, id: string): Promise<RuleMetadata | null> {
  const soql = `SELECT Metadata FROM ValidationRule WHERE Id = '${quoted(id)}'`;
  return metadataAnswer.parse(await query(client, '/tooling/query', soql)).records[0]?.Metadata ?? null;
}

async function query(client: SalesforceClient, path: string, soql: string): Promise<unknown> {
  return (await client.repeatable({ method: 'GET', url: `${path}?q=${encodeURIComponent(soql)}` })).body;
}

function validationRule(
  { ValidationName, ErrorMessage }: RuleRow,
  metadata: RuleMetadata | null,
  { fields }: ObjectDescription,
): WriteRule {
  const formula = parseFormula(metadata?.errorConditionFormula ?? '');
  const described = formulaNames(fields);
  const shownAt = described.get(metadata?.errorDisplayField?.toLowerCase() ?? '');
  const failure = toFailure(
    'FIELD_CUSTOM_VALIDATION_EXCEPTION',
    ErrorMessage ?? '',
    shownAt ? [shownAt.name] : [],
  );
  return {
    name: ValidationName,
    kind: 'validation',
    failure,
    reads: formula
      ? fieldsInFormula(formula).flatMap((name) => described.get(name.toLowerCase())?.name ?? [])
      : [],
    judge: (write) => (formula ? judgeFormula(formula, write, described) : 'unknown'),
  };
}

/**
 * No query shows which records a duplicate rule finds alike, or whether it blocks them. Our writes ask to be
 * saved in spite of an alert, so only a rule that blocks refuses them.
 */
async function readDuplicateRules(client: SalesforceClient, object: string): Promise<readonly WriteRule[]> {
  return (await activeDuplicateRules(client, object)).map(({ DeveloperName, MasterLabel }) => ({
    name: DeveloperName,
    kind: 'duplicate',
    failure: toFailure(
      'DUPLICATES_DETECTED',
      `The duplicate rule “${MasterLabel}” refuses records that are like others, if it is set to block.`,
    ),
    reads: [],
    judge: () => 'unknown',
  }));
}

async function activeDuplicateRules(
  client: SalesforceClient,
  object: string,
): Promise<z.infer<typeof duplicatesShape>['records']> {
  const soql = `SELECT DeveloperName, MasterLabel FROM DuplicateRule WHERE SobjectType = '${quoted(object)}' AND IsActive = true`;
  try {
    return duplicatesShape.parse(await query(client, '/query', soql)).records;
  } catch (error) {
    // The user sees validation rules, so it may see duplicate rules too. An org without the object has none.
    if (error instanceof ConnectorError && error.failure.code === 'INVALID_TYPE') return [];
    throw error;
  }
}
