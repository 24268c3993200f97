import { escapeJson } from '../../model/unsafe-characters.ts';
import type { Signer } from '../../signing/signing-key.ts';
import type { DrillEvidence } from './evidence.ts';
import { evidenceMarkdown } from './evidence-markdown.ts';

export interface EvidenceFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * The evidence as JSON and as Markdown, and with a key beside each a signature over its bytes as they are (64 bytes, Ed25519):
 * `openssl pkeyutl -verify -pubin -inkey signing.pem.pub -rawin -in FILE -sigfile FILE.sig`.
 */
export function evidenceFiles(evidence: DrillEvidence, signer?: Signer): readonly EvidenceFile[] {
  const texts = [
    [`drill-${evidence.id}.json`, `${escapeJson(JSON.stringify(evidence, undefined, 2))}\n`],
    [`drill-${evidence.id}.md`, `${evidenceMarkdown(evidence).join('\n')}\n`],
  ] as const;
  return texts.flatMap(([name, text]) => [
    { name, bytes: Buffer.from(text) },
    ...(signer ? [{ name: `${name}.sig`, bytes: Buffer.from(signer.sign(text).value, 'base64') }] : []),
  ]);
}
