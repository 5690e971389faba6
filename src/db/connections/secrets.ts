import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { SealedSecrets } from '#src/db/schema/connection.ts';

/**
 * Seals a connection's secrets with envelope encryption: a random data key for each connection, wrapped by the
 * master key, and AES-256-GCM with a fresh 12-byte IV for each field. The additional data is
 * connection|field|version, so a value does not open in another place.
 */
export function sealSecrets(
  masterKey: Buffer,
  connectionId: string,
  secrets: Readonly<Record<string, string>>,
): SealedSecrets {
  const dataKey = randomBytes(32);
  return {
    version: 1,
    keyId: keyIdOf(masterKey),
    dataKey: encrypt(masterKey, dataKey, `${connectionId}|data-key|1`),
    fields: Object.fromEntries(
      Object.entries(secrets).map(([field, value]) => [
        field,
        encrypt(dataKey, Buffer.from(value, 'utf8'), `${connectionId}|${field}|1`),
      ]),
    ),
  };
}

/** @throws Error when the master key is another one or a value was changed */
export function openSecrets(
  masterKey: Buffer,
  connectionId: string,
  sealed: SealedSecrets,
): Record<string, string> {
  if (sealed.keyId !== keyIdOf(masterKey)) {
    throw new Error(
      `These secrets were sealed with key ${sealed.keyId}; the configured key is ${keyIdOf(masterKey)}. Set FAIRWAY_KEY to the former.`,
    );
  }
  const dataKey = decrypt(masterKey, sealed.dataKey, `${connectionId}|data-key|1`);
  return Object.fromEntries(
    Object.entries(sealed.fields).map(([field, value]) => [
      field,
      decrypt(dataKey, value, `${connectionId}|${field}|1`).toString('utf8'),
    ]),
  );
}

function keyIdOf(key: Buffer): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 8);
}

function encrypt(key: Buffer, plain: Buffer, aad: string): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(aad));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64');
}

function decrypt(key: Buffer, packed: string, aad: string): Buffer {
  const bytes = Buffer.from(packed, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(Buffer.from(aad));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]);
}
