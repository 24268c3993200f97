import type { KmsService } from '../kms/kms-service.ts';
import type { LambdaService } from '../lambda/lambda-service.ts';
import type { SimulatedPool } from '../simulated-pool.ts';
import type { WafService } from '../wafv2/waf-service.ts';

/** The part of a running simulator that planting every resource needs. */
export interface EverythingGround {
  readonly region: string;
  configure(operation: string, request: object): Record<string, unknown>;
  pool(id: string): SimulatedPool;
  readonly kms: Pick<KmsService, 'createKey'>;
  readonly lambda: Pick<LambdaService, 'createFunction' | 'answer'>;
  readonly waf: Pick<WafService, 'createWebAcl' | 'answer'>;
}

/** One pool being furnished: requests go out with its id. */
export class EverythingSite {
  readonly ground: EverythingGround;
  readonly poolId: string;

  constructor(ground: EverythingGround, poolId: string) {
    this.ground = ground;
    this.poolId = poolId;
  }

  send(operation: string, request: object): Record<string, unknown> {
    return this.ground.configure(operation, { UserPoolId: this.poolId, ...request });
  }

  /** The id of a new app client. */
  client(name: string, settings: object): string {
    const { UserPoolClient } = this.send('CreateUserPoolClient', { ClientName: name, ...settings });
    return (UserPoolClient as { readonly ClientId: string }).ClientId;
  }
}

/** A PNG of one pixel, base64. */
export const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

export const ACCOUNT_ID = '123456789012';
