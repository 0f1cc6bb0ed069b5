import { spawnSync } from 'node:child_process'

/** Why the system calls of a program cannot be watched here; null where they can. */
export function whyNoStrace(): string | null {
  if (process.platform !== 'linux') return 'strace is a program of Linux'
  const { error, status, stderr } = spawnSync('strace', ['-f', '--seccomp-bpf', '-o', '/dev/null', 'true'], {
    encoding: 'utf8',
  })
  if (error !== undefined) return 'strace is not installed'
  return status === 0 ? null : `strace may not watch a process here (${stderr.trim().split('\n').at(-1)})`
}

/**
 * The command under which calls of a program fail: `call` is one or several of them, `when` says which of its calls, in
 * the words of strace(1): `3` the third, `3+` all from the third on; with a `path` only calls on that file count. The
 * program stays the child of its parent.
 */
export function failing(call: string, error: string, when: string, path?: string): string[] {
  const quiet = ['-D', '-f', '--seccomp-bpf', '-qq', '-o', '/dev/null', '-e', 'signal=none', '-e', `trace=${call}`]
  const on = path === undefined ? [] : ['-P', path]
  return ['strace', ...quiet, ...on, '-e', `inject=${call}:error=${error}:when=${when}`]
}
