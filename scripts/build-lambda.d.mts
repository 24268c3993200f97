import type { Plugin } from 'esbuild';

export declare const zodInEnglish: Plugin;
export declare function buildLambda(outdir: string): Promise<void>;
