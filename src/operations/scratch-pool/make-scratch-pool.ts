import type { CognitoGateway } from '../../cognito/gateway.ts';
import type { JsonObject } from '../../model/pool-configuration.ts';
import type { PoolDescription } from '../../model/pool.ts';
import { scratchName, scratchTags, type ScratchMark } from '../../plan/scratch-pool/scratch-mark.ts';
import { makeOnce, type OnceOptions } from '../new-pool/make-once.ts';
import { findScratchPools } from './find-scratch-pools.ts';

/**
 * Makes a scratch pool: marked from its first moment, unprotected, and after an answer that never came not a second one.
 *
 * @param settings as CreateUserPool takes them, without name, tags, and what a scratch pool never gets.
 */
export async function makeScratchPool(
  gateway: CognitoGateway,
  { mark, settings }: { readonly mark: ScratchMark; readonly settings: JsonObject },
  options: OnceOptions,
): Promise<PoolDescription> {
  const document: JsonObject = {
    ...settings,
    PoolName: scratchName(mark),
    UserPoolTags: scratchTags(mark),
    DeletionProtection: 'INACTIVE',
    LambdaConfig: {},
  };
  return makeOnce(
    () => gateway.send('CreateUserPool', { document }, options.signal),
    async () => (await findScratchPools(gateway, options.signal)).find((found) => found.mark.run === mark.run)?.pool,
    options,
  );
}
