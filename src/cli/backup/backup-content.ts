import { z } from 'zod';
import type { TablePart } from '#src/db/copy-tables.ts';
import { AppError } from '#src/domain/errors.ts';

/** The description of a backup, inside the encryption. */
export const manifestSchema = z.object({
  createdAt: z.iso.datetime(),
  /** The migrations that the database had. */
  migrations: z.array(z.object({ hash: z.string(), createdAt: z.number() })),
  /**
   * The instance's key in base64, which opens the connections' secrets and checks the audit trail. Null in a
   * backup that this key itself encrypts.
   */
  masterKey: z.string().nullable(),
});
export type Manifest = z.infer<typeof manifestSchema>;

export interface BackupCounts {
  readonly tables: number;
  readonly rows: number;
}

const tableSchema = z.object({ table: z.string(), columns: z.array(z.string()) });
const endSchema = z.object({ rows: z.number() });
const sequencesSchema = z.array(z.object({ name: z.string(), value: z.string(), used: z.boolean() }));
const countsSchema = z.object({ tables: z.number(), rows: z.number() });

/** Each part is a letter, the length in four bytes, and JSON or rows. */
function frame(letter: string, content: Buffer | object): Buffer {
  const body = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
  const head = Buffer.alloc(5, letter);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

export async function* encodeBackup(
  manifest: Manifest,
  parts: AsyncIterable<TablePart>,
  onEnd: (counts: BackupCounts) => void,
): AsyncGenerator<Buffer> {
  yield frame('M', manifest);
  const counts = { tables: 0, rows: 0 };
  for await (const part of parts) {
    switch (part.kind) {
      case 'table':
        counts.tables += 1;
        yield frame('T', { table: part.table, columns: part.columns });
        break;
      case 'rows':
        yield frame('R', part.bytes);
        break;
      case 'end':
        counts.rows += part.rows;
        yield frame('E', { rows: part.rows });
        break;
      case 'sequences':
        yield frame('S', part.values);
        break;
    }
  }
  yield frame('Z', counts);
  onEnd(counts);
}

export interface DecodedBackup {
  readonly manifest: Manifest;
  readonly parts: AsyncGenerator<TablePart, BackupCounts>;
}

/** @throws AppError `conflict` when parts are missing */
export async function decodeBackup(content: AsyncIterable<Buffer>): Promise<DecodedBackup> {
  const frames = framesOf(content);
  const first = await frames.next();
  if (first.done || first.value.letter !== 'M') throw incomplete();
  return { manifest: manifestSchema.parse(json(first.value.body)), parts: partsOf(frames) };
}

async function* partsOf(frames: AsyncIterable<Frame>): AsyncGenerator<TablePart, BackupCounts> {
  const counts = { tables: 0, rows: 0 };
  let rows = 0;
  for await (const { letter, body } of frames) {
    switch (letter) {
      case 'T':
        counts.tables += 1;
        rows = 0;
        yield { kind: 'table', ...tableSchema.parse(json(body)) };
        break;
      case 'R':
        for (let at = body.indexOf(10); at >= 0; at = body.indexOf(10, at + 1)) rows += 1;
        yield { kind: 'rows', bytes: body };
        break;
      case 'E':
        if (endSchema.parse(json(body)).rows !== rows) throw incomplete();
        counts.rows += rows;
        yield { kind: 'end', rows };
        break;
      case 'S':
        yield { kind: 'sequences', values: sequencesSchema.parse(json(body)) };
        break;
      case 'Z': {
        const expected = countsSchema.parse(json(body));
        if (expected.tables !== counts.tables || expected.rows !== counts.rows) throw incomplete();
        return counts;
      }
      default:
        throw incomplete();
    }
  }
  throw incomplete();
}

interface Frame {
  readonly letter: string;
  readonly body: Buffer;
}

async function* framesOf(content: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  let held: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  for await (const bytes of content) {
    held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    while (held.length >= 5 && held.length >= 5 + held.readUInt32BE(1)) {
      const end = 5 + held.readUInt32BE(1);
      yield { letter: held.toString('latin1', 0, 1), body: held.subarray(5, end) };
      held = held.subarray(end);
    }
  }
  if (held.length > 0) throw incomplete();
}

const json = (body: Buffer): unknown => JSON.parse(body.toString('utf8'));

const incomplete = (): AppError =>
  new AppError('conflict', 'The backup is incomplete. Nothing was restored. Use another backup.');
