import { poolOf, type Context, type Operation } from '../operations/context.ts';
import type { PoolState } from '../pool-state.ts';
import { ServiceError, invalidParameter } from '../service-error.ts';
import { epochSeconds } from '../user-state.ts';
import { randomUuid } from '../uuid.ts';
import { ownClient } from './app-client-operations.ts';
import type { BrandingState } from './pool-resources.ts';
import { bytes, document, flag, list, structure, text, word, type Shaped } from './shape.ts';
import { hasTier } from './tiers.ts';

/** [D] COGNITO-FACTS §5: a request of 2 MB, 40 assets; botocore 1.43.107: an asset of a million bytes. */
const MOST_REQUEST_BYTES = 2 * 1024 * 1024;
const MOST_ASSETS = 40;
const MOST_ASSET_BYTES = 1_000_000;

const asset = structure(
  {
    Category: word(
      'FAVICON_ICO',
      'FAVICON_SVG',
      'EMAIL_GRAPHIC',
      'SMS_GRAPHIC',
      'AUTH_APP_GRAPHIC',
      'PASSWORD_GRAPHIC',
      'PASSKEY_GRAPHIC',
      'PAGE_HEADER_LOGO',
      'PAGE_HEADER_BACKGROUND',
      'PAGE_FOOTER_LOGO',
      'PAGE_FOOTER_BACKGROUND',
      'PAGE_BACKGROUND',
      'FORM_BACKGROUND',
      'FORM_LOGO',
      'IDP_BUTTON_ICON',
    ),
    ColorMode: word('LIGHT', 'DARK', 'DYNAMIC'),
    Extension: word('ICO', 'JPEG', 'PNG', 'SVG', 'WEBP'),
  },
  { Bytes: bytes(MOST_ASSET_BYTES), ResourceId: text({ min: 1, max: 40, pattern: /^[\w\- ]+$/ }) },
);
const styleRequest = structure(
  {},
  { UseCognitoProvidedValues: flag, Settings: document, Assets: list(asset, { max: MOST_ASSETS }) },
);
type StyleRequest = Shaped<typeof styleRequest>;

/** A small part of what ReturnMergedResources adds; the real defaults fill pages. */
const DEFAULT_SETTINGS = {
  categories: { global: { colorSchemeMode: 'LIGHT', pageHeader: { enabled: false }, pageFooter: { enabled: false } } },
};

export const loginBrandingOperations: Readonly<Record<string, Operation>> = {
  CreateManagedLoginBranding: (context) => {
    const pool = poolOf(context);
    const client = ownClient(context, pool);
    if (!hasTier(pool.settings, 'ESSENTIALS')) {
      throw new ServiceError('OperationNotEnabledException', 'Managed login is not available in the LITE tier.');
    }
    if (pool.resources.brandings.has(client.id)) {
      throw new ServiceError(
        'ManagedLoginBrandingExistsException',
        'Managed login branding already exists for this app client.',
      );
    }
    const id = randomUuid(context.account.random);
    return keep(pool, { id, clientId: client.id, createdAt: pool.now() }, styleOf(context));
  },

  /** Replaces settings and assets (*unproven*). */
  UpdateManagedLoginBranding: (context) => {
    const pool = poolOf(context);
    return keep(pool, byId(context, pool), styleOf(context));
  },

  DescribeManagedLoginBranding: (context) => {
    const pool = poolOf(context);
    return { ManagedLoginBranding: rendered(pool, byId(context, pool), context) };
  },

  DescribeManagedLoginBrandingByClient: (context) => {
    const pool = poolOf(context);
    const style = pool.resources.brandings.get(ownClient(context, pool).id);
    if (!style) throw noStyle();
    return { ManagedLoginBranding: rendered(pool, style, context) };
  },

  DeleteManagedLoginBranding: (context) => {
    const pool = poolOf(context);
    pool.resources.brandings.delete(byId(context, pool).clientId);
    return {};
  },
};

function styleOf({ request }: Context): StyleRequest {
  if (Buffer.byteLength(JSON.stringify(request.body)) > MOST_REQUEST_BYTES) {
    throw invalidParameter('The request is larger than 2 MB.');
  }
  const style = styleRequest(request.body, '');
  const isOwn = style.Settings !== undefined || style.Assets !== undefined;
  if (style.UseCognitoProvidedValues && isOwn) {
    throw invalidParameter('Settings and Assets must be omitted with UseCognitoProvidedValues.');
  }
  if (!style.UseCognitoProvidedValues && !isOwn) {
    throw invalidParameter('Settings, Assets or UseCognitoProvidedValues is required.');
  }
  return style;
}

type Kept = Pick<BrandingState, 'id' | 'clientId' | 'createdAt'>;

function keep(pool: PoolState, { id, clientId, createdAt }: Kept, asked: StyleRequest): object {
  const style: BrandingState = {
    id,
    clientId,
    usesDefaults: asked.UseCognitoProvidedValues ?? false,
    settings: asked.Settings,
    assets: asked.Assets ?? [],
    createdAt,
    modifiedAt: pool.now(),
  };
  pool.resources.brandings.set(clientId, style);
  return { ManagedLoginBranding: rendered(pool, style) };
}

function byId({ request }: Context, pool: PoolState): BrandingState {
  const id = request.text('ManagedLoginBrandingId');
  const style = [...pool.resources.brandings.values()].find((candidate) => candidate.id === id);
  if (!style) throw noStyle();
  return style;
}

function noStyle(): ServiceError {
  return new ServiceError('ResourceNotFoundException', 'Managed login branding does not exist.');
}

function rendered(pool: PoolState, style: BrandingState, context?: Context): object {
  const isMerged = context?.request.flag('ReturnMergedResources') ?? false;
  const own = (style.settings ?? {}) as Readonly<Record<string, unknown>>;
  const settings = isMerged ? { ...DEFAULT_SETTINGS, ...own } : style.settings;
  return {
    ManagedLoginBrandingId: style.id,
    UserPoolId: pool.id,
    UseCognitoProvidedValues: style.usesDefaults,
    ...(settings === undefined ? {} : { Settings: settings }),
    Assets: style.assets,
    CreationDate: epochSeconds(style.createdAt),
    LastModifiedDate: epochSeconds(style.modifiedAt),
  };
}
