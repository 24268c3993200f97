/** Something that is wrong with a snapshot. */
export interface VerifyProblem {
  readonly code:
    | 'manifest-damaged'
    | 'part-damaged'
    | 'totals-differ'
    | 'user-repeated'
    | 'group-repeated'
    | 'membership-without-user'
    | 'membership-without-group';
  readonly message: string;
  /** Key of the file in the vault. */
  readonly path?: string;
}
