import { setImmediate } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import type { JsonValue } from '../core/fact.ts'
import { Problem } from '../core/problem.ts'
import { readAddress } from '../odata/address.ts'
import { type BatchItem, itemTarget } from '../odata/batch.ts'
import { readJson } from '../odata/json.ts'
import { type Answer, headersOf, partsOf } from './answer.ts'
import { errorAnswer } from './errors.ts'
import type { Ask } from './graphRequest.ts'
import { answerInquiry, type Inquiry } from './inquiry.ts'
import { loggedPath } from './loggedPath.ts'
import { refuseOtherThanJson } from './requestBody.ts'
import { newRequestId, sentRequestId } from './requestMark.ts'
import type { Services } from './services.ts'
import { charge } from './throttle/charging.ts'

/** An item has at least so small a part of a page's bytes: enough for 999 usual objects. */
const SHARES_MAX = 8

/**
 * What answers the items of a batch. Writes begin side by side, so that they share a transaction; of the reads one
 * begins when the one before it is answered, and other callers have their turn between them.
 */
export function askItems(batch: Omit<Inquiry, 'ask'>, log: FastifyBaseLogger, services: Services): Ask {
  const answerOf = itemAnswers(batch, log, services)
  let reads: Promise<unknown> = Promise.resolve()
  return (item, after, count) => {
    if (item.method !== 'GET' && item.method !== 'HEAD') return answerOf(item, after, count)
    const answer = reads.then(() => setImmediate()).then(() => answerOf(item, after, count))
    reads = answer
    return answer
  }
}

/**
 * The batch's caller was let in once, for all items; what it may do is asked for each, and each counts against the limits.
 * An item has an id of its own, and its line in the log names the batch's.
 */
function itemAnswers(batch: Omit<Inquiry, 'ask'>, log: FastifyBaseLogger, services: Services): Ask {
  return async (item, after, count) => {
    const failed = (await Promise.all(after)).some(({ status }) => status >= 400)
    const began = services.clock.elapsed()
    const requestId = newRequestId()
    const itemLog = log.child({ requestId, batch: batch.requestId })
    const clientRequestId = sentRequestId(item.headers) ?? sentRequestId(batch.headers) ?? requestId
    let target: string | undefined
    let counted: Readonly<Record<string, string>> = {}
    let answer: Answer
    try {
      if (failed) throw new Problem('FailedDependency', 'A request that this one depends on has failed.')
      target = targetOf(item, batch, services)
      const { method, headers } = item
      const { caller, base, work, readTurn } = batch
      const address = readAddress(target)
      counted = await charge({ caller, method, address, headers }, services)
      const body = () => readItemBody(item)
      answer = await answerInquiry(
        { caller, base, method, address, headers, requestId, body, ask: null, work, readTurn },
        sharing(services, count),
      )
    } catch (error) {
      const mark = { date: new Date(services.clock.now()), requestId, clientRequestId }
      answer = errorAnswer(error, mark, itemLog, services)
    }
    const ms = services.clock.elapsed() - began
    const { method } = item
    const { status } = answer
    itemLog.info({ method, path: loggedPath(target ?? ''), status, ms: Math.round(ms) }, 'answered in a batch')
    services.observer.answered({ method, target: target ?? '', route: null, status, ms, inBatch: true })
    const marks = { 'request-id': requestId, 'client-request-id': clientRequestId, 'cache-control': 'no-store' }
    const headers = { ...marks, ...counted, ...headersOf(answer) }
    return { status, headers, body: method === 'HEAD' ? null : partsOf(answer) }
  }
}

function targetOf(item: BatchItem, { address }: Pick<Inquiry, 'address'>, { publicBase }: Services): string {
  const { version } = address
  if (version === null) throw new Error('A batch outside the API versions was dispatched.')
  return itemTarget(item, version, publicBase.all)
}

/** The answers of a batch are held and sent together, so its items share the bytes of a page. */
function sharing(services: Services, count: number): Services {
  const { settings } = services
  const bytes = Math.ceil(settings.pageLimit.bytes / Math.min(count, SHARES_MAX))
  return { ...services, settings: { ...settings, pageLimit: { ...settings.pageLimit, bytes } } }
}

/** Text is the base64 of JSON: no request takes text. */
function readItemBody({ body, headers }: BatchItem): JsonValue | undefined {
  if (body === undefined) return undefined
  if (headers['content-type'] !== undefined || typeof body !== 'string') refuseOtherThanJson(headers)
  return typeof body === 'string' ? readJson(Buffer.from(body, 'base64')) : body
}
