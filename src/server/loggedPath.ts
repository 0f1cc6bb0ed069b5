/**
 * Of a request target what the log may keep: its path. What follows a question mark may be a token, also where somebody
 * has encoded the mark, and a target that is no path may name a user and a password.
 */
export function loggedPath(target: string): string | undefined {
  return target.startsWith('/') ? target.split(/[?#]|%3f|%23/i)[0] : undefined
}
