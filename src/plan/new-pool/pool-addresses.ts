/** What follows from a pool's id and Region. [D] developer guide, "Using regional endpoints", and SDK 3.1169, `IssuerConfigurationType` */
export interface PoolAddresses {
  readonly issuer: string;
  readonly jwksUrl: string;
}

export function poolAddresses(
  poolId: string,
  region: string,
  { issuerType }: { readonly issuerType?: string | undefined } = {},
): PoolAddresses {
  const host = `${issuerType === 'UPDATED' ? 'issuer-' : ''}cognito-idp.${region}.${suffixOf(region)}`;
  const issuer = `https://${host}/${poolId}`;
  return { issuer, jwksUrl: `${issuer}/.well-known/jwks.json` };
}

/** The full name of a prefix domain. */
export function prefixDomainName(prefix: string, region: string): string {
  const infix = region.startsWith('us-gov-') ? 'auth-fips' : 'auth';
  return `${prefix}.${infix}.${region}.amazoncognito.com`;
}

function suffixOf(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}
