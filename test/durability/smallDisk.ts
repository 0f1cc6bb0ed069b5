import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A disk of a few megabytes that only the processes started `under` it see; it is gone when it has ended. */
export interface SmallDisk {
  /** Its place, for those processes. */
  readonly folder: string
  /** Its place for anyone else. */
  readonly outside: string
  /** The command under which a process sees the disk. */
  readonly under: readonly string[]
  /** Takes away so much of its space, in bytes, and gives it back. */
  fill(bytes: number): void
  free(): void
  makeReadOnly(): void
  end(): Promise<void>
}

const MOUNT = 'mount -t tmpfs -o size="$1" tmpfs "$0" && echo mounted && exec cat'

/** Mounts a disk at a new folder, in a name space of its own; gives the reason where that is not possible. */
export async function openSmallDisk(folder: string, size: string): Promise<SmallDisk | string> {
  if (process.platform !== 'linux') return 'name spaces for mounts are a thing of Linux'
  mkdirSync(folder)
  const keeper = spawn('unshare', ['--map-root-user', '--mount', 'sh', '-c', MOUNT, folder, size])
  let said = ''
  keeper.stderr.setEncoding('utf8').on('data', text => {
    said += text
  })
  const closed = new Promise<void>(resolve => {
    keeper.once('error', ({ message }) => {
      said += message
    })
    keeper.once('close', () => resolve())
  })
  const mounted = await Promise.race([once(keeper.stdout, 'data').then(() => true), closed.then(() => false)])
  if (!mounted) return `no disk can be mounted here (${said.trim()})`

  const space = `/proc/${keeper.pid}/ns`
  const under = ['nsenter', `--user=${space}/user`, `--mount=${space}/mnt`, '--preserve-credentials', '--']
  const outside = `/proc/${keeper.pid}/root${folder}`
  const ballast = join(outside, 'ballast')
  return {
    folder,
    outside,
    under,
    fill: bytes => writeFileSync(ballast, Buffer.alloc(bytes)),
    free: () => rmSync(ballast),
    makeReadOnly: () => {
      const [command = '', ...words] = [...under, 'mount', '-o', 'remount,ro', folder]
      const { status, stderr } = spawnSync(command, words, { encoding: 'utf8' })
      if (status !== 0) throw new Error(`The disk cannot be made read-only: ${stderr}`)
    },
    end: async () => {
      keeper.stdin.end()
      await closed
    },
  }
}
