import { parsePoolId } from '../../src/model/ids.ts';
import { examinePool, type DoctorOptions, type DoctorResult } from '../../src/operations/doctor/doctor.ts';
import type { NamedVault } from '../../src/operations/doctor/look-at-vault.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';

export interface DoctorBench extends Workbench {
  examine(poolId: string, options?: Partial<DoctorOptions>, vault?: NamedVault | null): Promise<DoctorResult>;
  /** The bench's own vault, as a folder. */
  readonly named: NamedVault;
}

export async function doctorBench(): Promise<DoctorBench> {
  const bench = await setUpWorkbench();
  const { deps, gateway, vault } = bench;
  const { runtime, observer } = deps;
  const named: NamedVault = {
    location: 'vault',
    open: async () => vault,
    protection: async () => ({ kind: 'folder' }),
  };
  return {
    ...bench,
    named,
    examine: (poolId, options = {}, named_ = named) =>
      examinePool(
        {
          gateway,
          quota: (category, signal) => gateway.governor.quota(category, signal),
          runtime,
          observer,
          ...(named_ && { vault: named_ }),
        },
        { poolId: parsePoolId(poolId), ...options },
      ),
  };
}

/** What is not fine, as `code: level`. */
export function bad({ findings }: DoctorResult): readonly string[] {
  return findings.filter(({ level }) => level !== 'ok').map(({ code, level }) => `${code}: ${level}`);
}
