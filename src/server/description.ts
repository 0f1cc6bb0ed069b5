import { csdl } from '../odata/csdl.ts'
import { edmModel } from '../odata/edm.ts'
import { json } from './answer.ts'
import { type Routes, route } from './route.ts'

/** Of a request target: the root of a version, or its `$metadata`. */
const DESCRIPTION = /^\/(?:v1\.0|beta)(?:\/(?:(?:\$|%24)metadata\/?)?)?(?:\?|$)/i

/** Whether a request is for what describes the service: told without a token, since it shows nothing of any directory. */
export function isForDescription(method: string, target: string): boolean {
  return (method === 'GET' || method === 'HEAD') && DESCRIPTION.test(target)
}

/** The service document and `$metadata`: what is served at these routes, and nothing else. */
export function descriptionRoutes(routes: Routes): Routes {
  const answered = Object.entries(routes).filter(([, methods]) => 'GET' in methods || 'POST' in methods)
  const model = edmModel(new Set(answered.map(([path]) => path)))
  const roots = model.roots.filter(({ read }) => read === 'whole').map(({ name, kind }) => ({ name, kind, url: name }))
  const document = Buffer.from(csdl(model))
  return {
    '': {
      GET: route(async ({ root }) => json(200, { '@odata.context': `${root}/$metadata`, value: roots }), 'description'),
    },
    $metadata: {
      GET: {
        permissions: ['description'],
        handle: async () => ({
          status: 200,
          headers: { 'content-type': 'application/xml', 'odata-version': '4.0' },
          body: [document],
        }),
        format: 'xml',
      },
    },
  }
}
