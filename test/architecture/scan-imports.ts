import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync, Visitor } from 'oxc-parser';

export interface Import {
  /** As written: `../model/ids.ts`, `node:fs`, `zod`. */
  readonly specifier: string;
  /** Path from the repository's root with `/`, or `undefined` for a package or a module of Node. */
  readonly file: string | undefined;
  /** Vanishes when types are stripped. */
  readonly isTypeOnly: boolean;
}

export interface SourceFile {
  /** Path from the repository's root with `/`. */
  readonly path: string;
  readonly imports: readonly Import[];
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Every TypeScript file below a folder of the repository, with what it imports. */
export async function scanImports(folder: string): Promise<SourceFile[]> {
  const entries = await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length).split(sep).join('/'))
    .sort();
  return Promise.all(
    paths.map(async (path) => ({ path, imports: importsOf(path, await readFile(join(ROOT, path), 'utf8')) })),
  );
}

/** Imports and re-exports, static and dynamic, and `import('…')` in types. */
export function importsOf(path: string, text: string): Import[] {
  const { program, errors } = parseSync(path, text);
  if (errors[0]) throw new Error(`Cannot read ${path}: ${errors[0].message}`);
  const found: Import[] = [];
  const add = (specifier: string, isTypeOnly: boolean): void => {
    const file = specifier.startsWith('.')
      ? normalize(join(dirname(path), specifier))
          .split(sep)
          .join('/')
      : undefined;
    found.push({ specifier, file, isTypeOnly });
  };
  new Visitor({
    ImportDeclaration: ({ source, importKind, specifiers }) => {
      const onlyTypes =
        specifiers.length > 0 && specifiers.every((one) => 'importKind' in one && one.importKind === 'type');
      add(source.value, importKind === 'type' || onlyTypes);
    },
    ExportNamedDeclaration: ({ source, exportKind }) => {
      if (source) add(source.value, exportKind === 'type');
    },
    ExportAllDeclaration: ({ source, exportKind }) => add(source.value, exportKind === 'type'),
    ImportExpression: ({ source }) => {
      if (source.type !== 'Literal' || typeof source.value !== 'string') {
        throw new Error(`${path} imports something whose name is not a literal`);
      }
      add(source.value, false);
    },
    TSImportType: ({ source }) => add(source.value, true),
  }).visit(program);
  return found;
}
