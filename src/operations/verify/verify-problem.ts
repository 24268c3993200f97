/** Something that is wrong with a snapshot. */
export interface VerifyProblem {
  readonly code:
    | 'manifest-damaged'
    | 'part-damaged'
    | 'previous-differs'
    | 'totals-differ'
    | 'user-misplaced'
    | 'user-repeated'
    | 'group-repeated'
    | 'resource-repeated'
    | 'configuration-differs'
    | 'membership-without-user'
    | 'membership-without-group';
  readonly message: string;
  /** Key of the file in the vault. */
  readonly path?: string;
}
