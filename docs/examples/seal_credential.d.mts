// Types of seal_credential.mjs.

export interface Credential {
  /** The text of the .pub file that `telephonyd keygen` writes. */
  publicKeyFile: string;
  /** The organization's uuid in the user's JWT. */
  orgId: string;
  /** The account's SID: AC and 32 hexadecimal digits. */
  accountSid: string;
  /** An auth token of the account, or an API key as SK...:secret. */
  token: string;
}

/** A box as text, to be handed in as auth_token to set_twilio_credentials(). */
export function sealCredential(credential: Credential): Promise<string>;
