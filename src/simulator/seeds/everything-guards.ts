import type { EverythingClients } from './everything-clients.ts';
import { ACCOUNT_ID, type EverythingSite } from './everything-ground.ts';

/** MFA, risk, logs, sessions, the replica, the web ACL and who may invoke the triggers. */
export function plantGuards(site: EverythingSite, clients: EverythingClients): void {
  plantMfa(site);
  plantRisk(site, clients);
  plantLogs(site);
  site.send('SetUserPoolSessionConfiguration', { UserSessionTracking: 'ENABLED', TokenSession: { MaxPerUser: 7 } });
  site.send('SetUserPoolClientSessionConfiguration', {
    ClientId: clients.web,
    SSOSession: { MaxValidityMinutes: 480 },
  });
  site.send('CreateUserPoolReplica', { RegionName: 'eu-west-1' });
  const WebACLArn = site.ground.waf.createWebAcl('everything');
  const ResourceArn = site.ground.pool(site.poolId).arn;
  site.ground.waf.answer('AssociateWebACL', JSON.stringify({ WebACLArn, ResourceArn }));
}

/** The permission that lets the pool invoke one of its functions, as the console gives it. */
export function permitTriggers(site: EverythingSite, functionArns: readonly string[]): void {
  for (const arn of functionArns) {
    const permission = {
      StatementId: `cognito-${site.poolId}`,
      Action: 'lambda:InvokeFunction',
      Principal: 'cognito-idp.amazonaws.com',
      SourceArn: site.ground.pool(site.poolId).arn,
    };
    site.ground.lambda.answer('AddPermission', arn, JSON.stringify(permission));
  }
}

function plantMfa(site: EverythingSite): void {
  site.send('SetUserPoolMfaConfig', {
    MfaConfiguration: 'OPTIONAL',
    SmsMfaConfiguration: {
      SmsAuthenticationMessage: 'Sign in with {####}',
      SmsConfiguration: {
        SnsCallerArn: `arn:aws:iam::${ACCOUNT_ID}:role/cognito-sms`,
        ExternalId: 'everything',
        SnsRegion: site.ground.region,
      },
    },
    SoftwareTokenMfaConfiguration: { Enabled: true },
    EmailMfaConfiguration: { Message: 'Your code is {####}', Subject: 'Your code' },
    WebAuthnConfiguration: {
      RelyingPartyId: 'login.example.com',
      UserVerification: 'required',
      FactorConfiguration: 'MULTI_FACTOR_WITH_USER_VERIFICATION',
    },
  });
}

function plantRisk(site: EverythingSite, { web }: EverythingClients): void {
  const takeover = {
    NotifyConfiguration: {
      From: 'security@example.com',
      SourceArn: `arn:aws:ses:${site.ground.region}:${ACCOUNT_ID}:identity/example.com`,
      BlockEmail: { Subject: 'Blocked', TextBody: 'We blocked a sign-in' },
    },
    Actions: {
      LowAction: { Notify: false, EventAction: 'NO_ACTION' },
      MediumAction: { Notify: false, EventAction: 'MFA_IF_CONFIGURED' },
      HighAction: { Notify: true, EventAction: 'BLOCK' },
    },
  };
  site.send('SetRiskConfiguration', {
    CompromisedCredentialsRiskConfiguration: { EventFilter: ['SIGN_IN'], Actions: { EventAction: 'BLOCK' } },
    AccountTakeoverRiskConfiguration: takeover,
    RiskExceptionConfiguration: { BlockedIPRangeList: ['192.0.2.0/24'], SkippedIPRangeList: ['198.51.100.0/24'] },
  });
  site.send('SetRiskConfiguration', {
    ClientId: web,
    CompromisedCredentialsRiskConfiguration: { Actions: { EventAction: 'NO_ACTION' } },
  });
}

function plantLogs(site: EverythingSite): void {
  const { region } = site.ground;
  site.send('SetLogDeliveryConfiguration', {
    LogConfigurations: [
      {
        LogLevel: 'ERROR',
        EventSource: 'userNotification',
        CloudWatchLogsConfiguration: {
          LogGroupArn: `arn:aws:logs:${region}:${ACCOUNT_ID}:log-group:/cognito/messages`,
        },
      },
      {
        LogLevel: 'INFO',
        EventSource: 'userAuthEvents',
        FirehoseConfiguration: { StreamArn: `arn:aws:firehose:${region}:${ACCOUNT_ID}:deliverystream/cognito-events` },
      },
    ],
  });
}
