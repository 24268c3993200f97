const HINTS: { readonly [awsName: string]: string } = {
  UsernameExistsException:
    'Another user of the target has this name; look at it with: cognito-backup diff, or take it over with --adopt',
  AliasExistsException: 'Another user of the target holds this e-mail, phone number or preferred username as an alias',
  InvalidParameterException:
    'The target pool refuses one of the values; compare its schema and sign-in settings with the source',
  InvalidPasswordException:
    'The password policy of the target refused a generated password; look at its history and length rules',
  ResourceNotFoundException:
    'Something the user refers to is missing in the target: the group, or the identity provider',
  UserNotFoundException: 'The user went away meanwhile; run again',
  LimitExceededException: 'A resource limit of the pool is reached, for example 100 groups a user',
  UserLambdaValidationException: 'A trigger of the target refused the user; detach it for the time of the restore',
  UnexpectedLambdaException: 'A trigger of the target failed; detach it for the time of the restore',
  InvalidLambdaResponseException: 'A trigger of the target answered wrongly; detach it for the time of the restore',
};

/** What a name means for one call alone. */
const HINTS_OF: { readonly [call: string]: string } = {
  'AdminSetUserMFAPreference InvalidParameterException':
    'The target does not turn this second factor on for the user; the account is there, without it',
  'AdminLinkProviderForUser InvalidParameterException':
    'The identity has a user of its own in the target by now, or is linked to somebody else: it stays as it is there',
};

export function hintFor(awsName: string | undefined, operation?: string): string {
  return (
    HINTS_OF[`${operation} ${awsName}`] ??
    HINTS[awsName ?? ''] ??
    'Run again; if it stays, look at the request in CloudTrail'
  );
}
