import { Command } from 'commander'
import { trustedAt, trustedUntil, withNewSigningKey, withOneSigningKey } from '../auth/issuer/keyRotation.ts'
import { readKeyRing, replaceKeyRing } from '../auth/keys/keyFile.ts'
import type { KeyRing, SigningKey } from '../auth/keys/keyRing.ts'
import { lockFile } from '../store/sqlite/lock.ts'
import { commandGroup } from './commandTree.ts'
import { databaseOption, readDatabasePath } from './databaseFile.ts'
import { option, readSwitch } from './option.ts'
import { tableText } from './table.ts'

/** `tidemark keys`: what access tokens are signed with. A running server takes up what changes. */
export function keysCommand(): Command {
  return commandGroup('keys', 'Lists and renews the keys that sign access tokens, beside a running server too.', [
    listCommand(),
    rotateCommand(),
  ])
}

function listCommand(): Command {
  const command = newCommand('list', 'Lists the signing keys. No part of a key is shown.')
  return command.action(async () => {
    const ring = trustedAt(await readKeyRing(keyFileOf(command)), Date.now())
    console.log(listed(command, ring))
  })
}

function rotateCommand(): Command {
  const command = newCommand('rotate', 'Puts a new signing key in use. The one before proves tokens for an hour more.')
  return command
    .addOption(option('--at-once', 'withdraw all keys before it now: every access token so far ends'))
    .action(async () => {
      const path = keyFileOf(command)
      // Before the lock: none is made beside a database that is not there.
      await readKeyRing(path)
      const lock = lockFile(path, `The key file '${path}' is being changed by another command: try again.`)
      try {
        const ring = await readKeyRing(path)
        const atOnce = readSwitch(command, 'at-once')
        const next = await (atOnce ? withOneSigningKey(ring) : withNewSigningKey(ring, Date.now()))
        await replaceKeyRing(path, next)
        console.log(listed(command, next))
      } finally {
        lock.release()
      }
    })
}

function newCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .addOption(databaseOption())
    .addOption(option('--json', 'print one line of JSON'))
}

function keyFileOf(command: Command): string {
  return `${readDatabasePath(command)}.keys`
}

function listed(command: Command, { signing }: KeyRing): string {
  const keys = signing.map(shown)
  if (readSwitch(command, 'json')) return JSON.stringify(keys)
  return tableText(
    ['Key', 'In use', 'Proves tokens until'],
    keys.map(({ kid, inUse, trustedUntil }) => [kid, inUse ? 'yes' : 'no', trustedUntil ?? '-']),
  )
}

function shown(key: SigningKey, index: number) {
  const until = trustedUntil(key)
  return { kid: key.kid, inUse: index === 0, trustedUntil: until === null ? null : new Date(until).toISOString() }
}
