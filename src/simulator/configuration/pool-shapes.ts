import { flag, list, map, structure, text, whole, word, type Shaped } from './shape.ts';
import { anyText, arn, emailMessage, emailSubject, smsConfiguration, smsMessage } from './shapes.ts';

/** Source of every bound here: botocore 1.43.107 and SDK 3.1169, cognito-idp; 2026-11. */
const contact = word('email', 'phone_number');

const passwordPolicy = structure(
  {},
  {
    MinimumLength: whole(6, 99),
    RequireUppercase: flag,
    RequireLowercase: flag,
    RequireNumbers: flag,
    RequireSymbols: flag,
    PasswordHistorySize: whole(0, 24),
    TemporaryPasswordValidityDays: whole(0, 365),
  },
);

const signInPolicy = structure(
  {},
  { AllowedFirstAuthFactors: list(word('PASSWORD', 'EMAIL_OTP', 'SMS_OTP', 'WEB_AUTHN'), { min: 1, max: 5 }) },
);

const versioned = <Version extends string>(...versions: readonly Version[]) =>
  structure({ LambdaVersion: word(...versions), LambdaArn: arn }, {});

const lambdaConfig = structure(
  {},
  {
    PreSignUp: arn,
    CustomMessage: arn,
    PostConfirmation: arn,
    PreAuthentication: arn,
    PostAuthentication: arn,
    DefineAuthChallenge: arn,
    CreateAuthChallenge: arn,
    VerifyAuthChallengeResponse: arn,
    PreTokenGeneration: arn,
    UserMigration: arn,
    PreTokenGenerationConfig: versioned('V1_0', 'V2_0', 'V3_0'),
    CustomSMSSender: versioned('V1_0'),
    CustomEmailSender: versioned('V1_0'),
    InboundFederation: versioned('V1_0'),
    KMSKeyID: arn,
  },
);

const verificationTemplate = structure(
  {},
  {
    SmsMessage: smsMessage,
    EmailMessage: emailMessage,
    EmailSubject: emailSubject,
    EmailMessageByLink: text({ min: 6, max: 20_000, pattern: /^[^]*\{##[^]*##\}[^]*$/ }),
    EmailSubjectByLink: emailSubject,
    DefaultEmailOption: word('CONFIRM_WITH_LINK', 'CONFIRM_WITH_CODE'),
  },
);

const emailConfiguration = structure(
  {},
  {
    SourceArn: arn,
    ReplyToEmailAddress: text({ pattern: /^[\p{L}\p{M}\p{S}\p{N}\p{P}]+@[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u }),
    EmailSendingAccount: word('COGNITO_DEFAULT', 'DEVELOPER'),
    From: anyText,
    ConfigurationSet: text({ min: 1, max: 64, pattern: /^[a-zA-Z0-9_-]+$/ }),
  },
);

const adminCreateUserConfig = structure(
  {},
  {
    AllowAdminCreateUserOnly: flag,
    UnusedAccountValidityDays: whole(0, 365),
    InviteMessageTemplate: structure(
      {},
      {
        SMSMessage: text({ min: 6, max: 140 }),
        EmailMessage: text({ min: 6, max: 20_000 }),
        EmailSubject: emailSubject,
      },
    ),
  },
);

const recovery = structure(
  { Priority: whole(1, 2), Name: word('verified_email', 'verified_phone_number', 'admin_only') },
  {},
);

const grants = list(word('code', 'implicit', 'client_credentials'));

export const tagMap = map(text({ min: 1, max: 128 }), text({ max: 256 }), { max: 50 });

/** What both CreateUserPool and UpdateUserPool take. */
const settings = {
  Policies: structure({}, { PasswordPolicy: passwordPolicy, SignInPolicy: signInPolicy }),
  DeletionProtection: word('ACTIVE', 'INACTIVE'),
  LambdaConfig: lambdaConfig,
  AutoVerifiedAttributes: list(contact),
  SmsVerificationMessage: smsMessage,
  EmailVerificationMessage: emailMessage,
  EmailVerificationSubject: emailSubject,
  VerificationMessageTemplate: verificationTemplate,
  SmsAuthenticationMessage: smsMessage,
  UserAttributeUpdateSettings: structure({}, { AttributesRequireVerificationBeforeUpdate: list(contact) }),
  MfaConfiguration: word('OFF', 'ON', 'OPTIONAL'),
  DeviceConfiguration: structure({}, { ChallengeRequiredOnNewDevice: flag, DeviceOnlyRememberedOnUserPrompt: flag }),
  EmailConfiguration: emailConfiguration,
  SmsConfiguration: smsConfiguration,
  UserPoolTags: tagMap,
  AdminCreateUserConfig: adminCreateUserConfig,
  UserPoolAddOns: structure(
    { AdvancedSecurityMode: word('OFF', 'AUDIT', 'ENFORCED') },
    { AdvancedSecurityAdditionalFlows: structure({}, { CustomAuthMode: word('AUDIT', 'ENFORCED') }) },
  ),
  DcrConfiguration: structure(
    {},
    {
      EnableStatus: word('Enabled', 'Disabled'),
      OpenDcrEnabled: flag,
      AuthenticatedGrantTypes: grants,
      OpenDcrGrantTypes: grants,
    },
  ),
  AccountRecoverySetting: structure({}, { RecoveryMechanisms: list(recovery, { min: 1, max: 2 }) }),
  UserPoolTier: word('LITE', 'ESSENTIALS', 'PLUS'),
  KeyConfiguration: structure({}, { KeyType: word('AWS_OWNED_KEY', 'CUSTOMER_MANAGED_KEY'), KmsKeyArn: arn }),
  IssuerConfiguration: structure({}, { Type: word('ORIGINAL', 'UPDATED') }),
  AcrConfiguration: map(word('Level1', 'Level2', 'Level3', 'Level4'), structure({ AcrValue: anyText }, {})),
};

const poolName = text({ min: 1, max: 128, pattern: /^[\w\s+=,.@-]+$/ });

export const schemaAttribute = structure(
  { Name: text({ min: 1, max: 20, pattern: /^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u }) },
  {
    AttributeDataType: word('String', 'Number', 'DateTime', 'Boolean'),
    DeveloperOnlyAttribute: flag,
    Mutable: flag,
    Required: flag,
    NumberAttributeConstraints: structure({}, { MinValue: anyText, MaxValue: anyText }),
    StringAttributeConstraints: structure({}, { MinLength: anyText, MaxLength: anyText }),
  },
);

export const createPoolRequest = structure(
  { PoolName: poolName },
  {
    ...settings,
    AliasAttributes: list(word('email', 'phone_number', 'preferred_username')),
    UsernameAttributes: list(contact),
    UsernameConfiguration: structure({ CaseSensitive: flag }, {}),
    Schema: list(schemaAttribute, { min: 1, max: 50 }),
  },
);

export const updatePoolRequest = structure({}, { ...settings, PoolName: poolName });

export type PoolSettingsRequest = Shaped<typeof updatePoolRequest>;
