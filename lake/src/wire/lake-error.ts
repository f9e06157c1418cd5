/** A mistake of whoever starts the lake: one line with what is wrong and what to do. */
export class LakeError extends Error {
  readonly cure: string;
  constructor(message: string, cure: string) {
    super(`${message}: ${cure}`);
    this.name = 'LakeError';
    this.cure = cure;
  }
}
