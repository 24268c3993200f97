import { poolOf, type Context, type Operation } from '../operations/context.ts';
import type { PoolState } from '../pool-state.ts';
import { invalidParameter } from '../service-error.ts';
import { list, structure, text, word, type Shaped } from './shape.ts';
import { arnOf } from './shapes.ts';
import { requireTier } from './tiers.ts';

const logConfiguration = structure(
  { LogLevel: word('ERROR', 'INFO'), EventSource: word('userNotification', 'userAuthEvents') },
  {
    CloudWatchLogsConfiguration: structure({}, { LogGroupArn: arnOf('logs') }),
    S3Configuration: structure({}, { BucketArn: text({ min: 3, max: 1024, pattern: /^arn:[\w-]+:s3:::.+$/ }) }),
    FirehoseConfiguration: structure({}, { StreamArn: arnOf('firehose') }),
  },
);
/** Both bounds: botocore 1.43.107; 2026-11. */
const logRequest = structure({ LogConfigurations: list(logConfiguration, { max: 2 }) }, {});
type LogConfiguration = Shaped<typeof logConfiguration>;

export const logDeliveryOperations: Readonly<Record<string, Operation>> = {
  /** Replaces all: an empty list turns delivery off. */
  SetLogDeliveryConfiguration: (context) => {
    const pool = poolOf(context);
    const { LogConfigurations: logs } = logRequest(context.request.body, '');
    if (new Set(logs.map(({ EventSource }) => EventSource)).size < logs.length) {
      throw invalidParameter('Each event source can be configured once.');
    }
    for (const log of logs) checkLog(context, pool, log);
    pool.resources.logs = logs;
    return rendered(pool);
  },

  GetLogDeliveryConfiguration: (context) => rendered(poolOf(context)),
};

/** [D] SDK 3.1169, `LogConfigurationType`; that ARNs are of the pool's Region, COGNITO-FACTS §5. */
function checkLog({ account }: Context, pool: PoolState, log: LogConfiguration): void {
  const { CloudWatchLogsConfiguration: logs, S3Configuration: bucket, FirehoseConfiguration: stream } = log;
  if ([logs, bucket, stream].filter(Boolean).length !== 1)
    throw invalidParameter('Exactly one log destination is needed.');
  if (log.EventSource === 'userNotification' && (log.LogLevel !== 'ERROR' || !logs)) {
    throw invalidParameter('userNotification logs take the level ERROR and a log group.');
  }
  if (log.EventSource === 'userAuthEvents') {
    if (log.LogLevel !== 'INFO') throw invalidParameter('userAuthEvents logs take the level INFO.');
    requireTier(pool.settings, 'PLUS', 'Export of user activity logs');
  }
  for (const arn of [logs?.LogGroupArn, stream?.StreamArn]) {
    if (arn !== undefined && arn.split(':')[3] !== account.region) {
      throw invalidParameter('The log destination must be in the Region of the user pool.');
    }
  }
}

function rendered(pool: PoolState): object {
  return { LogDeliveryConfiguration: { UserPoolId: pool.id, LogConfigurations: pool.resources.logs } };
}
