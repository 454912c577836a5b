/** Whether a write failed at a disk, a quota or a limit of the process that takes no more. */
export function isNoSpace(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(String(error.code));
}
