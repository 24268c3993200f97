/** Hashes that an import job takes, by the names of the command line. Formats and caps: COGNITO-FACTS §3 [D]. */
export const PASSWORD_HASH_ALGORITHMS = ['bcrypt', 'scrypt', 'argon2id', 'pbkdf2-sha256'] as const;

export type PasswordHashAlgorithm = (typeof PASSWORD_HASH_ALGORITHMS)[number];

/** A hash that an import job takes, or what is wrong with it: words that follow "has", without anything of the hash. */
export type HashCheck =
  | { readonly algorithm: PasswordHashAlgorithm }
  | { readonly algorithm?: undefined; readonly problem: string };

interface Cap {
  readonly what: string;
  readonly lowest: number;
  readonly highest: number;
}

interface HashFormat {
  readonly algorithm: PasswordHashAlgorithm;
  /** How a hash of this algorithm begins, well-formed or not. */
  readonly beginning: RegExp;
  /** Whole; its first groups are the numbers that the caps are for. */
  readonly form: RegExp;
  readonly caps: readonly Cap[];
}

/**
 * Caps and fields are Cognito's [D]; the alphabets of salts and hashes, and the least cost, those of the algorithms' own
 * specifications. COGNITO-FACTS §3, 2026-11.
 */
const FORMATS: readonly HashFormat[] = [
  {
    algorithm: 'bcrypt',
    beginning: /^\$2/,
    form: /^\$2[abxy]\$(\d\d)\$[./A-Za-z0-9]{53}$/,
    caps: [{ what: 'cost', lowest: 4, highest: 12 }],
  },
  {
    algorithm: 'argon2id',
    beginning: /^\$argon2/,
    form: /^\$argon2id\$v=\d{1,3}\$m=(\d{1,9}),t=(\d{1,9}),p=(\d{1,9})\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/,
    caps: [
      { what: 'memory', lowest: 1, highest: 19_456 },
      { what: 'time', lowest: 1, highest: 2 },
      { what: 'parallelism', lowest: 1, highest: 1 },
    ],
  },
  {
    algorithm: 'pbkdf2-sha256',
    beginning: /^\$pbkdf2/,
    form: /^\$pbkdf2-sha256\$(\d{1,9})\$[A-Za-z0-9+/.]+={0,2}\$[A-Za-z0-9+/.]+={0,2}$/,
    caps: [{ what: 'iteration count', lowest: 1, highest: 600_000 }],
  },
  {
    algorithm: 'scrypt',
    beginning: /^\d+\$/,
    form: /^(\d{1,9})\$(\d{1,9})\$(\d{1,9})\$(?:[0-9a-fA-F]{2})+\$(?:[0-9a-fA-F]{2})+$/,
    caps: [
      { what: 'cost N', lowest: 2, highest: 65_536 },
      { what: 'block size', lowest: 1, highest: 8 },
      { what: 'parallelism', lowest: 1, highest: 1 },
    ],
  },
];

/** Tells which algorithm's hash a text is, by its form alone: the four forms have nothing in common. */
export function checkHash(text: string): HashCheck {
  const format = FORMATS.find(({ beginning }) => beginning.test(text));
  if (!format) return { problem: 'no hash of bcrypt, scrypt, argon2id or pbkdf2-sha256 as an import job takes it' };
  const { algorithm, form, caps } = format;
  const numbers = form.exec(text)?.slice(1).map(Number);
  if (!numbers) return { problem: `a malformed ${algorithm} hash` };
  const article = algorithm === 'argon2id' ? 'an' : 'a';
  for (const [index, { what, lowest, highest }] of caps.entries()) {
    const number = numbers[index] ?? 0;
    if (number > highest) return { problem: `${article} ${algorithm} hash whose ${what} is above ${highest}` };
    if (number < lowest) return { problem: `${article} ${algorithm} hash whose ${what} is below ${lowest}` };
  }
  if (algorithm === 'scrypt' && !isPowerOfTwo(numbers[0] ?? 0)) {
    return { problem: 'a scrypt hash whose cost N is no power of two' };
  }
  return { algorithm };
}

function isPowerOfTwo(number: number): boolean {
  return (number & (number - 1)) === 0;
}
