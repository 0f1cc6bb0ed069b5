import { Problem } from '../core/problem.ts'
import { batchBody, readBatch } from '../odata/batch.ts'
import { type Answer, headersOf, json, partsOf } from './answer.ts'
import type { GraphRequest } from './graphRequest.ts'

/** POST /$batch: up to twenty requests of one caller, each answered for itself, side by side where none waits for another. */
export async function postBatch({ ask, body }: GraphRequest): Promise<Answer> {
  if (ask === null) throw new Problem('BadRequest', 'A batch cannot be a request of another batch.')
  const answers: Promise<Answer>[] = []
  const items = readBatch(body)
  for (const item of items) {
    const after = answers.filter((_, place) => item.dependsOn.includes(place))
    answers.push(ask(item, after, items.length))
  }
  const shown = (await Promise.all(answers)).map((answer, place) => ({
    id: items[place]?.id ?? '',
    status: answer.status,
    headers: headersOf(answer),
    body: partsOf(answer),
  }))
  return json(200, batchBody(shown))
}
