import type { PoolConfig, SchemaAttributeConfig } from '../pool-config.ts';
import { ACCOUNT_ID, type EverythingGround } from './everything-ground.ts';

/** Lambda triggers of every kind, by member of LambdaConfig. */
const TRIGGERS = [
  'CustomMessage',
  'PostConfirmation',
  'PreAuthentication',
  'PostAuthentication',
  'DefineAuthChallenge',
  'CreateAuthChallenge',
  'VerifyAuthChallengeResponse',
  'UserMigration',
  'PreSignUp',
] as const;

/** CreateUserPool of a pool that leaves no member out but those that exclude each other; MFA comes afterwards. */
export function everythingSettings(ground: EverythingGround): PoolConfig & { readonly PoolName: string } {
  const { region } = ground;
  return {
    PoolName: 'everything',
    UserPoolTier: 'PLUS',
    Policies: {
      PasswordPolicy: {
        MinimumLength: 12,
        RequireUppercase: true,
        RequireLowercase: true,
        RequireNumbers: true,
        RequireSymbols: false,
        PasswordHistorySize: 4,
        TemporaryPasswordValidityDays: 3,
      },
      SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP', 'WEB_AUTHN'] },
    },
    DeletionProtection: 'ACTIVE',
    LambdaConfig: everyTrigger(ground),
    AutoVerifiedAttributes: ['email'],
    AliasAttributes: ['email', 'preferred_username'],
    UsernameConfiguration: { CaseSensitive: false },
    VerificationMessageTemplate: {
      SmsMessage: 'Your code is {####}',
      EmailMessage: 'Your code is {####}',
      EmailSubject: 'Your code',
      EmailSubjectByLink: 'Your link',
      DefaultEmailOption: 'CONFIRM_WITH_CODE',
    },
    SmsAuthenticationMessage: 'Sign in with {####}',
    UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
    DeviceConfiguration: { ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: true },
    EmailConfiguration: {
      SourceArn: `arn:aws:ses:${region}:${ACCOUNT_ID}:identity/example.com`,
      ReplyToEmailAddress: 'reply@example.com',
      EmailSendingAccount: 'DEVELOPER',
      From: 'Example <no-reply@example.com>',
      ConfigurationSet: 'everything',
    },
    SmsConfiguration: {
      SnsCallerArn: `arn:aws:iam::${ACCOUNT_ID}:role/cognito-sms`,
      ExternalId: 'everything',
      SnsRegion: region,
    },
    UserPoolTags: { owner: 'backup-tests', 'cost-centre': '42' },
    AdminCreateUserConfig: {
      AllowAdminCreateUserOnly: true,
      InviteMessageTemplate: {
        SMSMessage: 'You are {username}, your password is {####}',
        EmailMessage: 'You are {username}, your password is {####}',
        EmailSubject: 'Welcome',
      },
    },
    UserPoolAddOns: {
      AdvancedSecurityMode: 'ENFORCED',
      AdvancedSecurityAdditionalFlows: { CustomAuthMode: 'AUDIT' },
    },
    DcrConfiguration: { EnableStatus: 'Enabled', OpenDcrEnabled: false, AuthenticatedGrantTypes: ['code'] },
    AccountRecoverySetting: {
      RecoveryMechanisms: [
        { Priority: 1, Name: 'verified_email' },
        { Priority: 2, Name: 'verified_phone_number' },
      ],
    },
    KeyConfiguration: {
      KeyType: 'CUSTOMER_MANAGED_KEY',
      KmsKeyArn: `arn:aws:kms:${region}:${ACCOUNT_ID}:key/mrk-00000000000000000000000000000001`,
    },
    IssuerConfiguration: { Type: 'UPDATED' },
    AcrConfiguration: { Level1: { AcrValue: 'https://example.com/acr/low' } },
    Schema: [{ Name: 'name', Required: true, Mutable: true }, ...customAttributes(0, 30)],
  };
}

/** Custom attributes of every type, from one number on; without the prefix, as Create and Add want them. */
export function customAttributes(from: number, count: number): SchemaAttributeConfig[] {
  return Array.from({ length: count }, (_, place): SchemaAttributeConfig => {
    const number = from + place;
    const Name = `field_${String(number).padStart(2, '0')}`;
    if (number % 5 === 1) {
      return {
        Name,
        AttributeDataType: 'Number',
        Mutable: true,
        NumberAttributeConstraints: { MinValue: '0', MaxValue: '999' },
      };
    }
    if (number % 5 === 2) return { Name, AttributeDataType: 'Boolean', Mutable: true };
    if (number % 5 === 3) return { Name, AttributeDataType: 'DateTime', Mutable: true };
    const StringAttributeConstraints = { MinLength: '0', MaxLength: '64' };
    return { Name, AttributeDataType: 'String', Mutable: number % 5 !== 4, StringAttributeConstraints };
  });
}

function everyTrigger({ lambda, kms }: EverythingGround): NonNullable<PoolConfig['LambdaConfig']> {
  const triggers = TRIGGERS.map((name) => [name, lambda.createFunction(`everything-${name}`)] as const);
  return {
    ...Object.fromEntries(triggers),
    PreTokenGenerationConfig: {
      LambdaVersion: 'V2_0',
      LambdaArn: lambda.createFunction('everything-PreTokenGeneration'),
    },
    CustomEmailSender: { LambdaVersion: 'V1_0', LambdaArn: lambda.createFunction('everything-CustomEmailSender') },
    CustomSMSSender: { LambdaVersion: 'V1_0', LambdaArn: lambda.createFunction('everything-CustomSMSSender') },
    InboundFederation: { LambdaVersion: 'V1_0', LambdaArn: lambda.createFunction('everything-InboundFederation') },
    KMSKeyID: kms.createKey().arn,
  };
}
