import { Command } from 'commander'
import type { CommitRecord } from '../store/store.ts'
import { databaseOption } from './databaseFile.ts'
import { onStore } from './onStore.ts'
import { givenOrDefault, option, readSwitch, readWholeNumber } from './option.ts'
import { tableText } from './table.ts'
import { readTenant, tenantOption } from './tenantOption.ts'

const LINES_MAX = 1_000_000

/** `tidemark audit`: who changed the directory, when, and by which request. */
export function auditCommand(): Command {
  const command = new Command('audit')
  return command
    .description('Lists who made the last commits. Records end with what no delta link needs any more.')
    .addOption(databaseOption())
    .addOption(tenantOption())
    .addOption(option('--last <number>', 'how many commits, the newest first', '50'))
    .addOption(option('--json', 'print one line of JSON for each'))
    .action(() =>
      onStore(command, async store => {
        const last = readWholeNumber(givenOrDefault(command, 'last'), 1, LINES_MAX)
        const commits = await store.commits(await readTenant(command, store), last)
        if (readSwitch(command, 'json')) return commits.map(commit => JSON.stringify(shown(commit))).join('\n')
        return tableText(
          ['Version', 'When', 'App', 'User', 'Request'],
          commits
            .map(shown)
            .map(({ version, at, app, user, requestId }) => [version, at, app ?? '-', user ?? '-', requestId ?? '-']),
        )
      }),
    )
}

function shown({ version, at, app, user, requestId }: CommitRecord) {
  return { version, at: new Date(at).toISOString(), app, user, requestId }
}
