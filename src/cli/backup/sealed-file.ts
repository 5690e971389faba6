import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes, scrypt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGunzip, createGzip } from 'node:zlib';
import { z } from 'zod';
import { AppError } from '#src/domain/errors.ts';

/** The key to the file: a passphrase that a person knows, or the key of the instance. */
export type Opener =
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  | { readonly kind: 'instance'; readonly masterKey: Buffer };

const headerSchema = z.object({
  fairwayBackup: z.literal(1),
  createdAt: z.iso.datetime(),
  key: z.enum(['passphrase', 'instance']),
  salt: z.string(),
});
export type SealedHeader = z.infer<typeof headerSchema>;

/** About 128 MB and half a second for each guess at a passphrase. */
const scryptCost = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 2 ** 20 };
const chunkBytes = 64 * 1024;
const tagBytes = 16;
const longestHeader = 1000;

/**
 * Writes compressed and encrypted content: a line of JSON that says how the key is made, then chunks of
 * AES-256-GCM with their length before them. The nonce counts the chunks and marks the last one, and the header
 * is authenticated with each, so a chunk that is changed, moved, repeated or missing is noticed.
 * @throws AppError `conflict` when the file exists
 */
export async function writeSealed(
  path: string,
  opener: Opener,
  createdAt: Date,
  content: AsyncIterable<Buffer>,
): Promise<void> {
  if (existsSync(path)) throw new AppError('conflict', `${path} exists already. Name a new file.`);
  const salt = randomBytes(32).toString('base64');
  const header: SealedHeader = {
    fairwayBackup: 1,
    createdAt: createdAt.toISOString(),
    key: opener.kind,
    salt,
  };
  const line = `${JSON.stringify(header)}\n`;
  const key = await keyFor(opener, salt);
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await using file = await open(temporary, 'wx', 0o600);
    await file.write(line);
    let number = 0;
    let pending: Buffer<ArrayBufferLike> = Buffer.alloc(0);
    const put = async (plain: Buffer, isLast: boolean): Promise<void> => {
      const cipher = createCipheriv('aes-256-gcm', key, nonceOf(number, isLast)).setAAD(digestOf(line));
      number += 1;
      const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(sealed.length);
      await file.write(Buffer.concat([length, sealed]));
    };
    const compressed = Readable.from(content).compose(createGzip()) as AsyncIterable<Buffer>;
    for await (const bytes of compressed) {
      pending = Buffer.concat([pending, bytes]);
      for (; pending.length > chunkBytes; pending = pending.subarray(chunkBytes))
        await put(pending.subarray(0, chunkBytes), false);
    }
    await put(pending, true);
    await file.sync();
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await rename(temporary, path);
}

/** @throws AppError when there is no such file or it is not a backup */
export async function readSealedHeader(path: string): Promise<SealedHeader> {
  return (await headerOf(path)).header;
}

/**
 * The content of a file that `writeSealed` made, piece by piece. What was read is only whole once the last
 * piece has come without an error.
 * @throws AppError `conflict` when the key is another one or the file was changed or cut short
 */
export async function* readSealed(path: string, opener: Opener): AsyncGenerator<Buffer> {
  const { header, line } = await headerOf(path);
  const key = await keyFor(opener, header.salt);
  const compressed = Readable.from(openChunks(path, line, key));
  const plain = createGunzip();
  compressed.on('error', (error) => plain.destroy(error));
  for await (const bytes of compressed.pipe(plain) as AsyncIterable<Buffer>) yield bytes;
}

async function* openChunks(path: string, line: string, key: Buffer): AsyncGenerator<Buffer> {
  await using file = await open(path);
  const { size } = await file.stat();
  let at = Buffer.byteLength(line);
  for (let number = 0; ; number += 1) {
    const length = (await bytesAt(file, at, 4)).readUInt32BE();
    if (length < tagBytes || length > chunkBytes + tagBytes) throw damaged(path);
    const sealed = await bytesAt(file, at + 4, length);
    at += 4 + length;
    const isLast = at === size;
    yield openChunk(path, key, nonceOf(number, isLast), line, sealed);
    if (isLast) return;
  }

  async function bytesAt(handle: typeof file, position: number, length: number): Promise<Buffer> {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
    if (bytesRead !== length) throw damaged(path);
    return buffer;
  }
}

function openChunk(path: string, key: Buffer, nonce: Buffer, line: string, sealed: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(digestOf(line));
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()]);
  } catch {
    throw damaged(path);
  }
}

const damaged = (path: string): AppError =>
  new AppError(
    'conflict',
    `${path} cannot be opened: the passphrase or the key is another one, or the file was changed or cut short. Nothing was restored.`,
  );

async function headerOf(path: string): Promise<{ header: SealedHeader; line: string }> {
  if (!existsSync(path)) throw new AppError('not_found', `There is no file ${path}.`);
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(longestHeader), 0, longestHeader, 0);
  const line = `${buffer.subarray(0, bytesRead).toString('latin1').split('\n')[0]}\n`;
  try {
    return { header: headerSchema.parse(JSON.parse(line)), line };
  } catch (error) {
    throw new AppError('bad_request', `${path} is not a backup of Fairway.`, {}, error);
  }
}

async function keyFor(opener: Opener, salt: string): Promise<Buffer> {
  const saltBytes = Buffer.from(salt, 'base64');
  if (opener.kind === 'instance')
    return Buffer.from(hkdfSync('sha256', opener.masterKey, saltBytes, 'backup', 32));
  const derive = promisify<string, Buffer, number, object, Buffer>(scrypt);
  return derive(opener.passphrase.normalize('NFC'), saltBytes, 32, scryptCost);
}

/** Eleven bytes count, the twelfth marks the last chunk. The key is used for one file only. */
function nonceOf(number: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(number, 5, 6);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
