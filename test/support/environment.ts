import { vi } from 'vitest';

type Variables = Readonly<Record<string, string | undefined>>;

/** Remembers the variables of this process; the answer puts them back. */
export function keepEnvironment(): () => void {
  const kept = { ...process.env };
  return () => {
    for (const name of Object.keys(process.env)) if (!(name in kept)) delete process.env[name];
    Object.assign(process.env, kept);
  };
}

/**
 * Sets variables, or takes them away, until `vi.unstubAllEnvs`. Never put another object into `process.env` instead: Vitest
 * goes on taking variables away from the first one.
 */
export function stubEnvironment(variables: Variables): void {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
}

/** The same with keys of a simulated AWS, and the way to it. */
export function stubAws(
  service: { readonly endpoint?: string; readonly region?: string } = {},
  more: Variables = {},
): void {
  stubEnvironment({
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    ...(service.endpoint !== undefined && { AWS_ENDPOINT_URL: service.endpoint }),
    ...(service.region !== undefined && { AWS_REGION: service.region }),
    ...more,
  });
}
