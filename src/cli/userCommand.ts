import type { Command } from 'commander'
import { commandGroup } from './commandTree.ts'
import { userRoleCommand } from './userRoleCommand.ts'

/** `tidemark user`: what of users is not to be had over the Graph API. */
export function userCommand(): Command {
  return commandGroup('user', 'Says which directory roles users have, beside a running server too.', [
    userRoleCommand(),
  ])
}
