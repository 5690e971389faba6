import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { lateMs } from '#sandbox/faults.ts';
import type { Api } from '#sandbox/salesforce/rest/api.ts';
import { ApiError } from '#sandbox/salesforce/rest/api-error.ts';
import { delimiters } from './bulk-jobs.ts';
import type { BulkJobs, Job, JobOutcome } from './bulk-jobs.ts';
import type { FieldDef, ObjectDef, Schema } from '#sandbox/salesforce/records/schema.ts';
import { Writer } from '#sandbox/salesforce/records/writer.ts';
import type { Fields } from '#sandbox/salesforce/records/writer.ts';

/** Uploaded rows by column, as text. */
interface Upload {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Runs an ingest job: each row is saved or refused for itself. Results keep the uploaded columns. */
export function runIngest(api: Api, jobs: BulkJobs, job: Job): JobOutcome {
  const schema = api.org.schemaFor(job.createdById);
  const object = schema.object(job.object);
  const upload = readUpload(job, jobs.part('data', job.id)['csv']);
  if (typeof upload === 'string') return { processed: 0, failed: 0, errorMessage: upload };
  if (!object)
    return { processed: 0, failed: 0, errorMessage: `InvalidJob : The object ${job.object} is not there` };
  const unknown = upload.columns.find((column) => !schema.field(object, column));
  if (unknown !== undefined)
    return { processed: 0, failed: 0, errorMessage: `InvalidBatch : Field name not found : ${unknown}` };
  const origin = `com/salesforce/api/bulkapi/${job.apiVersion}${job.client}`;
  const options = { allowDuplicates: job.allowDuplicates, lateMs: lateMs(job), origin };
  const writer = new Writer(api.org, schema, { userId: job.createdById }, options);
  const successful: string[][] = [];
  const failed: string[][] = [];
  for (const [n, row] of upload.rows.entries()) {
    const record = toRecord(schema, object, upload.columns, row);
    try {
      api.strikeRow(job, n);
      const { id, created } = saveRow(job, schema, object, writer, record);
      successful.push([id, String(created), ...row]);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failed.push([
        String(record['Id'] ?? ''),
        `${error.errorCode}:${error.message}:${error.fields.join(',')} --`,
        ...row,
      ]);
    }
  }
  jobs.putPart('results', job.id, {
    successful: resultCsv(job, ['sf__Id', 'sf__Created', ...upload.columns], successful),
    failed: resultCsv(job, ['sf__Id', 'sf__Error', ...upload.columns], failed),
  });
  return { processed: upload.rows.length, failed: failed.length };
}

/** The uploaded rows, or the words with which a job fails that cannot be read. */
function readUpload(job: Job, csv: unknown): Upload | string {
  const text = String(csv ?? '');
  const header = text.slice(0, text.indexOf('\n') + 1);
  if (header.endsWith('\r\n') !== (job.lineEnding === 'CRLF') && header !== '')
    return `ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is ${job.lineEnding}`;
  try {
    const lines = parse(text, {
      delimiter: delimiters[job.columnDelimiter],
      skip_empty_lines: true,
      bom: true,
    });
    return { columns: lines[0] ?? [], rows: lines.slice(1) };
  } catch (error) {
    return `InvalidBatch : Failed to parse CSV: ${error instanceof Error ? error.message : 'unreadable'}`;
  }
}

/** An empty cell leaves a field as it is; `#N/A` empties it. */
function toRecord(
  schema: Schema,
  object: ObjectDef,
  columns: readonly string[],
  cells: readonly string[],
): Fields {
  const entries = columns.flatMap((column, n): [string, unknown][] => {
    const cell = cells[n] ?? '';
    const field = schema.field(object, column);
    return cell === '' || !field ? [] : [[field.name, cell === '#N/A' ? null : toValue(field, cell)]];
  });
  return Object.fromEntries(entries);
}

function toValue(field: FieldDef, cell: string): unknown {
  if (field.type !== 'boolean') return cell;
  return /^(true|1)$/i.test(cell) ? true : /^(false|0)$/i.test(cell) ? false : cell;
}

function saveRow(
  job: Job,
  schema: Schema,
  object: ObjectDef,
  writer: Writer,
  record: Fields,
): { id: string; created: boolean } {
  const { Id: id, ...fields } = record;
  switch (job.operation) {
    case 'insert':
      return { id: writer.insert(object, fields), created: true };
    case 'update':
      return { id: writer.update(object, id, fields), created: false };
    case 'delete':
      return { id: writer.remove(object, id), created: false };
    case 'upsert': {
      const key = schema.field(object, job.externalIdFieldName ?? 'Id');
      if (!key) throw new ApiError(400, 'INVALID_FIELD', `no field ${job.externalIdFieldName} to upsert by`);
      if (key.name === 'Id') return writer.upsert(object, key, id, fields);
      const { [key.name]: value, ...rest } = fields;
      return writer.upsert(object, key, value, rest);
    }
    case 'query':
    case 'queryAll':
      throw new Error('a query job does not write');
  }
}

export function resultCsv(
  job: Job,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const record_delimiter = job.lineEnding === 'CRLF' ? 'windows' : 'unix';
  return stringify([columns, ...rows], {
    delimiter: delimiters[job.columnDelimiter],
    quoted: true,
    quoted_empty: true,
    record_delimiter,
  });
}
