import { describe, expect, it } from 'vitest';
import type { RunPart } from '../../runs/run-files.ts';
import { locateParts } from './locate-parts.ts';

const FOLDER = 'runs/eu-central-1_AbCdEfGhI/20261128T100000Z-00000a';

function located(...names: readonly string[]): string | undefined {
  const parts = names.map((name) => ({ key: `${FOLDER}/${name}` }) as RunPart);
  return locateParts('s3://bucket/vault', parts)?.replace(`s3://bucket/vault/${FOLDER}/`, '');
}

describe('the place of the parts of a file', () => {
  it('is the file where there is one, and nothing where there is none', () => {
    expect(located('map-4-000001.jsonl.gz')).toBe('map-4-000001.jsonl.gz');
    expect(located()).toBeUndefined();
  });

  it('names all of several', () => {
    expect(located('map-4-000001.jsonl.gz', 'map-4-000002.jsonl.gz')).toBe('map-4-*.jsonl.gz');
    expect(located('map-4-000001.jsonl.gz.age', 'map-4-000010.jsonl.gz.age')).toBe('map-4-*.jsonl.gz.age');
  });

  it('names several kinds', () => {
    expect(located('findings-1-000001.jsonl.gz', 'findings-1-000002.jsonl.gz', 'remaining-2-000001.jsonl.gz')).toBe(
      '{findings-1-*.jsonl.gz,remaining-2-*.jsonl.gz}',
    );
  });

  it('takes no trailing slash of the location over', () => {
    expect(locateParts('vault/', [{ key: 'runs/a/b' } as RunPart])).toBe('vault/runs/a/b');
  });
});
