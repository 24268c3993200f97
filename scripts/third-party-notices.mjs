import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The licences of the packages that a bundle contains, which must travel with it. */
export async function thirdPartyNotices(root, inputs) {
  /** @type {Set<string>} */
  const folders = new Set();
  for (const input of inputs) {
    const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
    if (folder) folders.add(folder);
  }
  const byText = new Map();
  for (const folder of [...folders].sort()) {
    const { name, version, license } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
    const text = (await licenceText(join(root, folder))) ?? `Licence: ${license}`;
    byText.set(text, [...(byText.get(text) ?? []), `${name} ${version}`]);
  }
  const notices = [...byText].map(([text, packages]) => `${packages.join('\n')}\n\n${text.trim()}\n`);
  return `cognito-backup contains the following packages.\n\n${notices.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

async function licenceText(folder) {
  const name = (await readdir(folder)).find((file) => /^licen[cs]e(\.(md|txt))?$/i.test(file));
  return name && (await readFile(join(folder, name), 'utf8'));
}
