import { describe, expect, it } from 'vitest';
import { manualRuntime } from '../../runtime/manual-runtime.ts';
import { Settling } from './settling.ts';

describe('Settling', () => {
  it('believes no listing that began within the longest lag of a write', () => {
    const settling = new Settling(manualRuntime());
    settling.begin(true);
    settling.look();
    const delays: number[] = [];
    while (!settling.isSettled) {
      delays.push(settling.nextDelayMs());
      settling.look();
    }
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
  });

  it('counts the time that a listing takes', () => {
    const runtime = manualRuntime();
    const settling = new Settling(runtime);
    settling.begin(true);
    settling.look();
    runtime.advance(600_000);
    expect(settling.isSettled).toBe(false);
    settling.look();
    expect(settling.isSettled).toBe(true);
  });

  it('has nothing to wait for after a round that wrote nothing', () => {
    const settling = new Settling(manualRuntime());
    settling.begin(false);
    settling.look();
    expect(settling.isSettled).toBe(true);
  });

  it('gives up on a target that never looks the same twice', () => {
    const settling = new Settling(manualRuntime());
    settling.begin(true);
    let looks = 0;
    while (!settling.isWorn) {
      settling.look();
      looks += 1;
      settling.nextDelayMs();
    }
    expect(looks).toBe(12);
  });
});
