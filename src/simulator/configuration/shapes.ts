import { structure, text, type Shape, type Shaped } from './shape.ts';

/** Forms that many resources share. Source: botocore 1.43.107, cognito-idp; 2026-11. */
const ARN_PATTERN =
  /^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?$/;

export const arn = text({ min: 20, max: 2048, pattern: ARN_PATTERN });
export const anyText = text({ max: 131_072 });
/** Messages that carry a code. */
export const smsMessage = text({ min: 6, max: 140, pattern: /^[^]*\{####\}[^]*$/ });
export const emailMessage = text({ min: 6, max: 20_000, pattern: /^[^]*\{####\}[^]*$/ });
export const emailSubject = text({ min: 1, max: 140, pattern: /^[\p{L}\p{M}\p{S}\p{N}\p{P}\s]+$/u });

/** Where Cognito gets the right to send text messages. */
export const smsConfiguration = structure(
  {},
  {
    SnsCallerArn: text({ max: 2048, pattern: new RegExp(`^(${ARN_PATTERN.source.slice(1, -1)})?$`) }),
    ExternalId: anyText,
    SnsRegion: text({ min: 5, max: 32 }),
    EumsSms: structure(
      { CallerArn: arn },
      {
        ExternalId: anyText,
        OriginationIdentity: anyText,
        ConfigurationSetName: anyText,
        InEntityId: anyText,
        InTemplateId: anyText,
        Region: text({ min: 5, max: 32 }),
      },
    ),
  },
);

export type SmsConfiguration = Shaped<typeof smsConfiguration>;

/** An ARN of one service, such as a log group's. */
export const arnOf = (service: string): Shape<string> =>
  text({ min: 20, max: 2048, pattern: new RegExp(`^arn:[\\w-]+:${service}:[\\w-]*:[0-9]*:.+$`) });
