import nock from 'nock';
import { describe, expect, it } from 'vitest';
import { requestToken } from '#connectors/salesforce/token-request.ts';
import { alone } from '#test/support/connector-input.ts';
import { answerOnlyByNock } from '#test/support/nock-only.ts';

const loginUrl = 'https://login.example';
const answering = (status: number, body: object | string) =>
  nock(loginUrl).post('/services/oauth2/token').reply(status, body);
const asked = () =>
  requestToken(alone.outbound, loginUrl, {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
  });

answerOnlyByNock();

describe('a token request to Salesforce', () => {
  it.each([408, 420, 429, 500, 503])(
    'treats %i as a busy login server, not as a refusal that pauses the connection',
    async (status) => {
      answering(
        status,
        status === 429 ? [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'slow down' }] : 'busy',
      );
      await expect(asked()).rejects.toMatchObject({
        failure: { class: 'retry', code: `ERROR_HTTP_${status}` },
      });
    },
  );

  it('treats an error from Salesforce as a refusal', async () => {
    answering(400, { error: 'invalid_grant', error_description: 'user hasn’t approved this consumer' });
    await expect(asked()).rejects.toMatchObject({ failure: { class: 'auth', code: 'invalid_grant' } });
  });

  it('treats a page that is no login as a wrong address', async () => {
    answering(404, '<html>');
    await expect(asked()).rejects.toMatchObject({
      failure: { class: 'auth', fix: expect.stringContaining('--login-url') },
    });
  });
});
