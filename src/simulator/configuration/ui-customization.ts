import { poolOf, type Context, type Operation } from '../operations/context.ts';
import type { PoolState } from '../pool-state.ts';
import { invalidParameter } from '../service-error.ts';
import { epochSeconds } from '../user-state.ts';
import { ownClient } from './app-client-operations.ts';
import type { CustomUiState } from './pool-resources.ts';
import { bytes, structure, text } from './shape.ts';

/** [D] developer guide, classic branding: 100 KB, PNG or JPEG. */
const MOST_IMAGE_BYTES = 100 * 1024;
const SIGNATURES = ['89504e47', 'ffd8ff'] as const;
const ALL = 'ALL';

const uiRequest = structure({}, { CSS: text({ max: 131_072 }), ImageFile: bytes(131_072) });

export const uiCustomizationOperations: Readonly<Record<string, Operation>> = {
  /** Replaces style and image (*unproven*). */
  SetUICustomization: (context) => {
    const pool = poolOf(context);
    const { CSS, ImageFile } = uiRequest(context.request.body, '');
    const owner = ownerOf(context, pool);
    if (pool.resources.domains.size === 0) {
      throw invalidParameter('There has to be an existing domain associated with this user pool');
    }
    const image = ImageFile === undefined ? undefined : Buffer.from(ImageFile, 'base64');
    if (image) checkImage(image);
    const now = pool.now();
    const createdAt = pool.resources.customUis.get(owner)?.createdAt ?? now;
    const version = context.account.random.hex(14);
    pool.resources.customUis.set(owner, { css: CSS, image, version, createdAt, modifiedAt: now });
    return answer(context, pool, owner);
  },

  /** The client's own, else the pool's, else nothing. [D] SDK 3.1169, GetUICustomization. */
  GetUICustomization: (context) => {
    const pool = poolOf(context);
    const owner = ownerOf(context, pool);
    return answer(context, pool, pool.resources.customUis.has(owner) ? owner : ALL);
  },
};

/** The bytes behind an `ImageUrl`; `undefined` for any other path. */
export function imageAt(pools: ReadonlyMap<string, PoolState>, path: string): Buffer | undefined {
  const [, poolId, owner, version] = /^\/_ui\/([^/]+)\/([^/]+)\/([^/]+)\/image$/.exec(path) ?? [];
  const ui = pools.get(poolId ?? '')?.resources.customUis.get(owner ?? '');
  return ui?.version === version ? ui?.image : undefined;
}

function checkImage(image: Buffer): void {
  const head = image.subarray(0, 4).toString('hex');
  if (!SIGNATURES.some((signature) => head.startsWith(signature))) throw invalidParameter('Invalid image file format.');
  if (image.length > MOST_IMAGE_BYTES) throw invalidParameter('The image file is larger than 100 KB.');
}

function ownerOf(context: Context, pool: PoolState): string {
  const id = context.request.optionalText('ClientId') ?? ALL;
  return id === ALL ? ALL : ownClient(context, pool).id;
}

function answer({ account }: Context, pool: PoolState, owner: string): object {
  const ui = pool.resources.customUis.get(owner);
  if (!ui) return { UICustomization: {} };
  const { css, createdAt, modifiedAt, version } = ui;
  return {
    UICustomization: {
      UserPoolId: pool.id,
      ClientId: owner,
      ...imageUrl(account.endpoint(), `${pool.id}/${owner}`, ui),
      ...(css === undefined ? {} : { CSS: css, CSSVersion: version }),
      LastModifiedDate: epochSeconds(modifiedAt),
      CreationDate: epochSeconds(createdAt),
    },
  };
}

function imageUrl(endpoint: string, place: string, { image, version }: CustomUiState): { readonly ImageUrl?: string } {
  return image ? { ImageUrl: `${endpoint}/_ui/${place}/${version}/image` } : {};
}
