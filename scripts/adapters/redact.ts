/**
 * Other sides repeat what they were sent: AWS answers a signature that does not match with the whole canonical request,
 * session token and all. Their words are printed, annotated and written into summaries without any secret of this process.
 */
const SECRET_NAME = /SECRET|TOKEN|PASSWORD|PASSWD|WEBHOOK|PRIVATE_KEY|ACCESS_KEY|API_KEY|CREDENTIAL/i;

/** Shorter values would be found in ordinary words. */
const LEAST = 8;

export function withoutSecrets(text: string, env: NodeJS.ProcessEnv = process.env): string {
  const values = Object.entries(env)
    .flatMap(([name, value]) => (SECRET_NAME.test(name) && value !== undefined && value.length >= LEAST ? [value] : []))
    .sort((a, b) => b.length - a.length);
  const hidden = values.reduce((rest, value) => rest.replaceAll(value, '***'), text);
  // Credentials that are not in the environment (a profile, a role of the machine) come back in these headers.
  return hidden
    .replaceAll(/(x-amz-security-token\s*[:=]\s*)\S+/gi, '$1***')
    .replaceAll(/(\bauthorization\s*[:=]\s*)[^\r\n]+/gi, '$1***');
}
