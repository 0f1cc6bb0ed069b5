import { randomUUID } from 'node:crypto'
import { Command } from 'commander'
import { isGuid, parseTenantId, type TenantId } from '../core/id.ts'
import type { TenantKind } from '../store/store.ts'
import { commandGroup } from './commandTree.ts'
import { databaseOption } from './databaseFile.ts'
import { displayNameOption, readDisplayName } from './displayName.ts'
import { onStore } from './onStore.ts'
import { type Given, givenFor, givenOrDefault, option, readChoice, readSwitch } from './option.ts'
import { Refusal } from './refusal.ts'
import { tableText } from './table.ts'
import { tenantDeleteCommand } from './tenantDelete.ts'

const KINDS: readonly TenantKind[] = ['workforce', 'external']
const KINDS_HELP =
  'workforce, of an organization, or external, of its customers: changes of the second cannot be followed'

/** `tidemark tenant`: directories that know nothing of each other, in one database. */
export function tenantCommand(): Command {
  return commandGroup('tenant', 'Makes, lists and deletes tenants, beside a running server too.', [
    createCommand(),
    listCommand(),
    tenantDeleteCommand(),
  ])
}

function createCommand(): Command {
  const command = new Command('create').description('Makes a tenant, empty and without an app.')
  return command
    .addOption(databaseOption())
    .addOption(displayNameOption('Tidemark'))
    .addOption(option('--id <id>', 'its id, as the issuer of its tokens names it; a new one unless given'))
    .addOption(option('--domain <name>', 'its verified domain; one below tidemark.example unless given'))
    .addOption(option('--kind <kind>', KINDS_HELP, 'workforce'))
    .addOption(option('--json', 'print one line of JSON'))
    .action(() =>
      onStore(command, async store => {
        const kind = readChoice(givenOrDefault(command, 'kind'), KINDS)
        const id = readId(givenFor(command, 'id')) ?? (randomUUID() as TenantId)
        const domain = readDomain(givenFor(command, 'domain')) ?? `${id.slice(0, 8)}.tidemark.example`
        const displayName = readDisplayName(command)
        if ((await store.tenant(id)) !== null) throw new Refusal(`There is a tenant ${id} already.`)
        const holder = await store.addTenant({
          id,
          kind,
          displayName,
          defaultDomain: domain,
          domains: [domain],
        })
        if (holder !== null) throw new Refusal(`The domain '${domain}' is that of the tenant ${holder.id}.`)
        return readSwitch(command, 'json')
          ? JSON.stringify({ tenantId: id, kind, displayName, domain })
          : `Tenant ${id} (${displayName}, ${domain}). Make an app for it: tidemark app create --tenant ${id}`
      }),
    )
}

function listCommand(): Command {
  const command = new Command('list').description('Lists the tenants.')
  return command
    .addOption(databaseOption())
    .addOption(option('--json', 'print one line of JSON'))
    .action(() =>
      onStore(command, async store => {
        const tenants = await store.tenants()
        const apps = await Promise.all(tenants.map(({ id }) => store.apps(id)))
        const rows = tenants.map(({ id, kind, displayName, domains }, index) => ({
          tenantId: id,
          kind,
          displayName,
          domains,
          apps: apps[index]?.length ?? 0,
        }))
        if (readSwitch(command, 'json')) return JSON.stringify(rows)
        return tableText(
          ['Tenant', 'Name', 'Kind', 'Domains', 'Apps'],
          rows.map(row => [row.tenantId, row.displayName, row.kind, row.domains.join(', '), row.apps]),
        )
      }),
    )
}

function readId(given: Given | null): TenantId | null {
  if (given === null) return null
  if (isGuid(given.text)) return parseTenantId(given.text)
  throw new Refusal(`${given.name} must be a GUID such as Microsoft Entra gives to tenants, not '${given.text}'.`)
}

const DOMAIN = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/

function readDomain(given: Given | null): string | null {
  if (given === null) return null
  const domain = given.text.toLowerCase()
  if (DOMAIN.test(domain)) return domain
  throw new Refusal(`${given.name} must be a domain such as example.org, not '${given.text}'.`)
}
