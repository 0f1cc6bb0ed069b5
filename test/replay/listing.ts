import { type Copy, emptyGroup, type View } from './copy.ts'
import { list, record, text } from './deltaPage.ts'
import { Fault } from './fault.ts'
import type { Graph } from './graph.ts'
import { forEachAtMost } from './worker.ts'

/** How many lists are fetched at once. */
const CONCURRENCY = 8

/** More pages than any list of a directory that a replay can hold. */
const PAGES_MAX = 10_000

/** The groups as the server lists them: every live group, its properties with their nulls, its members and owners. */
export async function readListing(graph: Pick<Graph, 'call'>, { properties, relations }: View): Promise<Copy> {
  const listing: Copy = new Map()
  for await (const { id, ...values } of readList(graph, `/groups?$top=999&$select=id,${properties.join(',')}`)) {
    const group = emptyGroup()
    for (const [name, value] of Object.entries(values)) {
      if (!name.includes('@')) group.properties.set(name, value)
    }
    listing.set(id, group)
  }
  const lists = [...listing].flatMap(([id, group]) =>
    relations.map(relation => ({ id, relation, ids: group[relation] })),
  )
  await forEachAtMost(CONCURRENCY, lists, async ({ id, relation, ids }) => {
    for await (const object of readList(graph, `/groups/${id}/${relation}?$top=999&$select=id`)) ids.add(object.id)
  })
  return listing
}

/** The items of a list, page after page. One that comes twice, or pages without end, are faults. */
async function* readList(graph: Pick<Graph, 'call'>, path: string): AsyncGenerator<{ readonly id: string }> {
  const seen = new Set<string>()
  let link: unknown = path
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    if (link === undefined) return
    const target = text(link, 'a nextLink')
    const page = record(await graph.call('GET', target, 200), `an answer to GET ${path}`)
    for (const value of list(page['value'], `the 'value' of GET ${path}`)) {
      const item = record(value, `an item of GET ${path}`)
      const id = text(item['id'], `the id of an item of GET ${path}`)
      if (seen.has(id)) throw new Fault(1, `GET ${path} lists ${id} twice.`)
      seen.add(id)
      yield { ...item, id }
    }
    link = page['@odata.nextLink']
  }
  throw new Fault(1, `GET ${path} did not end within ${PAGES_MAX} pages.`)
}
