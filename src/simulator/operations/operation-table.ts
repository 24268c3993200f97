import { authOperations } from './auth-operations.ts';
import type { Operation } from './context.ts';
import { groupOperations } from './group-operations.ts';
import { importOperations } from './import-operations.ts';
import { linkOperations } from './link-operations.ts';
import { listingOperations } from './listing-operations.ts';
import { passwordOperations } from './password-operations.ts';
import { poolOperations } from './pool-operations.ts';
import { signUpOperations } from './sign-up-operations.ts';
import { userOperations } from './user-operations.ts';

/** Every operation simulated, by AWS's name. */
export const OPERATION_TABLE: ReadonlyMap<string, Operation> = new Map(
  [
    poolOperations,
    listingOperations,
    groupOperations,
    userOperations,
    passwordOperations,
    linkOperations,
    signUpOperations,
    authOperations,
    importOperations,
  ].flatMap((family) => Object.entries(family)),
);
