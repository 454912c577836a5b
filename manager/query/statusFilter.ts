/** Whether a status of HTTP is the one that is asked for: `404`, or a class of them: `4xx`. */
export function isStatus(status: number, asked: string): boolean {
  return asked.endsWith('xx') ? Math.floor(status / 100) === Number(asked[0]) : status === Number(asked);
}
