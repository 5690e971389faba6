import {
  startAuthentication,
  startRegistration,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';
import { api, expectAnswer, Refusal } from '../api/client.ts';
import type { Me } from '../api/types.ts';

/** Shows the browser's passkey dialog and signs in. */
export async function askForPasskey(): Promise<Me> {
  const { options } = await expectAnswer(api.POST('/api/sign-in/passkey/options'));
  const optionsJSON = options as unknown as PublicKeyCredentialRequestOptionsJSON;
  const response = await startAuthentication({ optionsJSON }).catch(dialogRefused);
  return expectAnswer(api.POST('/api/sign-in/passkey', { body: { response: response as never } }));
}

/** Shows the browser's dialog and adds the new passkey to one's own account. */
export async function registerPasskey(name: string): Promise<void> {
  const { options } = await expectAnswer(api.POST('/api/me/passkeys/options'));
  const optionsJSON = options as unknown as PublicKeyCredentialCreationOptionsJSON;
  const response = await startRegistration({ optionsJSON }).catch(dialogRefused);
  await expectAnswer(api.POST('/api/me/passkeys', { body: { name, response: response as never } }));
}

function dialogRefused(error: unknown): never {
  const isKnown = error instanceof Error && error.name === 'InvalidStateError';
  throw new Refusal(
    'passkey',
    isKnown ? 'This device already has a passkey for Fairway.' : 'The passkey dialog was closed. Try again.',
  );
}
