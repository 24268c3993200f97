/** Hashes that an import job takes, by the names of the command line. Formats and caps: COGNITO-FACTS §3 [D]. */
export const PASSWORD_HASH_ALGORITHMS = ['bcrypt', 'scrypt', 'argon2id', 'pbkdf2-sha256'] as const;

export type PasswordHashAlgorithm = (typeof PASSWORD_HASH_ALGORITHMS)[number];
