import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openSecrets, sealSecrets } from '#src/db/connections/secrets.ts';

const key = randomBytes(32);
const connectionId = randomUUID();
const secrets = { accessToken: 'pat-na1-1234', clientSecret: 'ß' };

describe('sealed secrets', () => {
  it('are read back as they were sealed', () => {
    expect(openSecrets(key, connectionId, sealSecrets(key, connectionId, secrets))).toEqual(secrets);
  });

  it('contain nothing readable, and differ each time', () => {
    const [one, two] = [sealSecrets(key, connectionId, secrets), sealSecrets(key, connectionId, secrets)];
    expect(JSON.stringify(one)).not.toContain('pat-na1');
    expect(one.dataKey).not.toBe(two.dataKey);
    expect(one.fields['accessToken']).not.toBe(two.fields['accessToken']);
  });

  it('do not open with another key, and the error names the key that is needed', () => {
    const sealed = sealSecrets(key, connectionId, secrets);
    expect(() => openSecrets(randomBytes(32), connectionId, sealed)).toThrow(sealed.keyId);
  });

  it('do not open in another connection or in another field', () => {
    const sealed = sealSecrets(key, connectionId, secrets);
    expect(() => openSecrets(key, randomUUID(), sealed)).toThrow(/authenticate/);
    const { accessToken = '', clientSecret = '' } = sealed.fields;
    expect(() =>
      openSecrets(key, connectionId, {
        ...sealed,
        fields: { accessToken: clientSecret, clientSecret: accessToken },
      }),
    ).toThrow(/authenticate/);
  });
});
