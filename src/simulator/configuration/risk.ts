import { poolOf, type Context, type Operation } from '../operations/context.ts';
import type { PoolState } from '../pool-state.ts';
import { ServiceError, invalidParameter } from '../service-error.ts';
import { epochSeconds } from '../user-state.ts';
import { ownClient } from './app-client-operations.ts';
import { flag, list, structure, text, word, type Shaped } from './shape.ts';
import { anyText, arn, emailSubject } from './shapes.ts';
import { hasTier } from './tiers.ts';

/** Source of the bounds: botocore 1.43.107; 2026-11. */
const body = text({ min: 6, max: 20_000 });
const email = structure({ Subject: emailSubject }, { HtmlBody: body, TextBody: body });
const action = structure(
  { Notify: flag, EventAction: word('BLOCK', 'MFA_IF_CONFIGURED', 'MFA_REQUIRED', 'NO_ACTION') },
  {},
);
const cidrs = list(text({ pattern: /^[0-9a-fA-F.:]+\/\d{1,3}$/ }), { max: 200 });
const riskRequest = structure(
  {},
  {
    CompromisedCredentialsRiskConfiguration: structure(
      { Actions: structure({ EventAction: word('BLOCK', 'NO_ACTION') }, {}) },
      { EventFilter: list(word('SIGN_IN', 'PASSWORD_CHANGE', 'SIGN_UP')) },
    ),
    AccountTakeoverRiskConfiguration: structure(
      { Actions: structure({}, { LowAction: action, MediumAction: action, HighAction: action }) },
      {
        NotifyConfiguration: structure(
          { SourceArn: arn },
          { From: anyText, ReplyTo: anyText, BlockEmail: email, NoActionEmail: email, MfaEmail: email },
        ),
      },
    ),
    RiskExceptionConfiguration: structure({}, { BlockedIPRangeList: cidrs, SkippedIPRangeList: cidrs }),
  },
);

export const riskOperations: Readonly<Record<string, Operation>> = {
  /** Replaces the whole configuration of the pool or the client. */
  SetRiskConfiguration: (context) => {
    const pool = protectedPool(context);
    const fields = riskRequest(context.request.body, '');
    checkNotification(fields);
    const owner = ownerOf(context, pool);
    pool.resources.risks.set(owner, { fields, modifiedAt: pool.now() });
    return { RiskConfiguration: rendered(pool, owner) };
  },

  /** A client without settings of its own answers its ids alone (*unproven*). */
  DescribeRiskConfiguration: (context) => {
    const pool = protectedPool(context);
    return { RiskConfiguration: rendered(pool, ownerOf(context, pool)) };
  },
};

/** [D] COGNITO-FACTS §5: the Plus tier; that both calls refuse, and by this name, is *unproven*. */
function protectedPool(context: Context): PoolState {
  const pool = poolOf(context);
  const mode = pool.settings.UserPoolAddOns?.AdvancedSecurityMode ?? 'OFF';
  if (mode === 'OFF' || !hasTier(pool.settings, 'PLUS')) {
    throw new ServiceError('UserPoolAddOnNotEnabledException', 'Threat protection is not enabled for this user pool.');
  }
  return pool;
}

function checkNotification({ AccountTakeoverRiskConfiguration: takeover }: Shaped<typeof riskRequest>): void {
  const { LowAction, MediumAction, HighAction } = takeover?.Actions ?? {};
  const notifies = [LowAction, MediumAction, HighAction].some((candidate) => candidate?.Notify);
  if (notifies && !takeover?.NotifyConfiguration) {
    throw invalidParameter('NotifyConfiguration is required when an action notifies.');
  }
}

function ownerOf(context: Context, pool: PoolState): string {
  return context.request.has('ClientId') ? ownClient(context, pool).id : '';
}

function rendered(pool: PoolState, owner: string): object {
  const risk = pool.resources.risks.get(owner);
  return {
    UserPoolId: pool.id,
    ...(owner === '' ? {} : { ClientId: owner }),
    ...(risk ? { ...risk.fields, LastModifiedDate: epochSeconds(risk.modifiedAt) } : {}),
  };
}
