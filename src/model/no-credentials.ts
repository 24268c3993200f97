/** What the SDK's CredentialsProviderError means, whichever service was to be asked. */
export const NO_CREDENTIALS = {
  code: 'credentials',
  message: 'No usable AWS credentials were found, so nothing was sent',
  hint: 'Set AWS_PROFILE or pass --profile NAME (aws configure list-profiles names them); an expired SSO session wants: aws sso login',
} as const;
