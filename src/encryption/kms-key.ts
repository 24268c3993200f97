const KEY_ARN = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):\d{12}:key\/[A-Za-z0-9-]+$/;

/** The Region of a KMS key; `undefined` for what is no ARN of a key. An alias may point elsewhere tomorrow. */
export function regionOfKmsKey(keyArn: string): string | undefined {
  return KEY_ARN.exec(keyArn)?.[1];
}
