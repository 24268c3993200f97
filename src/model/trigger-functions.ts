import { isObject } from './pool-configuration.ts';
import type { PoolDescription } from './pool.ts';

export interface TriggerFunction {
  /** The first of the triggers that invoke it. */
  readonly trigger: string;
  readonly functionArn: string;
}

/** The Lambda functions that a pool invokes, each once: the versioned form of a trigger names the same one. */
export function triggerFunctions({ raw }: Pick<PoolDescription, 'raw'>): readonly TriggerFunction[] {
  const triggers = isObject(raw) ? raw['LambdaConfig'] : undefined;
  const seen = new Set<string>();
  return Object.entries(isObject(triggers) ? triggers : {}).flatMap(([trigger, value]): TriggerFunction[] => {
    const functionArn = isObject(value) ? value['LambdaArn'] : value;
    // The key beside the triggers is no function.
    if (trigger === 'KMSKeyID' || typeof functionArn !== 'string' || seen.has(functionArn)) return [];
    seen.add(functionArn);
    return [{ trigger, functionArn }];
  });
}
