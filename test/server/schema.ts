import assert from 'node:assert/strict'
import { XMLParser, XMLValidator } from 'fast-xml-parser'

/** An element of the document: attributes by name, then its children by their element's name, always in an array. */
interface Xml {
  readonly [name: string]: string | readonly Xml[] | undefined
}

interface Declared {
  readonly base: string | null
  /** Types by name, as `Collection(Edm.String)`. */
  readonly properties: ReadonlyMap<string, string>
  readonly navigations: ReadonlyMap<string, string>
}

export interface Root {
  readonly name: string
  readonly type: string
  readonly kind: 'EntitySet' | 'Singleton'
  readonly inServiceDocument: boolean
  /** Whether an entity of it is read by its id. */
  readonly readById: boolean
}

export interface Operation {
  readonly name: string
  readonly kind: 'Function' | 'Action'
  readonly binding: string
}

/** What a `$metadata` document declares, read as any client reads it. Names of types have no namespace. */
export interface Schema {
  readonly types: ReadonlyMap<string, Declared>
  readonly roots: readonly Root[]
  readonly operations: readonly Operation[]
}

export function readSchema(text: string): Schema {
  assert.equal(XMLValidator.validate(text), true)
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseAttributeValue: false,
    isArray: (_name, _path, _isLeaf, isAttribute) => !isAttribute,
  })
  const document: Xml = parser.parse(text)
  const edmx = only(document, 'edmx:Edmx')
  assert.equal(edmx['Version'], '4.0')
  const schema = only(only(edmx, 'edmx:DataServices'), 'Schema')
  assert.equal(schema['Namespace'], 'microsoft.graph')
  const container = only(schema, 'EntityContainer')
  return {
    types: new Map(
      [...childrenOf(schema, 'EntityType'), ...childrenOf(schema, 'ComplexType')].map(type => [
        attribute(type, 'Name'),
        {
          base: typeof type['BaseType'] === 'string' ? local(type['BaseType']) : null,
          properties: namesAndTypes(type, 'Property'),
          navigations: namesAndTypes(type, 'NavigationProperty'),
        },
      ]),
    ),
    roots: (['EntitySet', 'Singleton'] as const).flatMap(kind =>
      childrenOf(container, kind).map(root => ({
        name: attribute(root, 'Name'),
        type: local(attribute(root, kind === 'EntitySet' ? 'EntityType' : 'Type')),
        kind,
        inServiceDocument: root['IncludeInServiceDocument'] !== 'false',
        readById: isReadById(root),
      })),
    ),
    operations: (['Function', 'Action'] as const).flatMap(kind =>
      childrenOf(schema, kind).map(operation => {
        const [binding] = childrenOf(operation, 'Parameter')
        assert.ok(binding && operation['IsBound'] === 'true')
        return { name: attribute(operation, 'Name'), kind, binding: attribute(binding, 'Type') }
      }),
    ),
  }
}

/** The types that a type is: itself, its base, and so on. */
export function lineage({ types }: Schema, name: string): string[] {
  const names: string[] = []
  for (let type: string | null = name; type !== null; type = types.get(type)?.base ?? null) names.push(type)
  return names
}

/** The declared type of a property or navigation property of an entity or complex type; undefined for an unknown name. */
export function declaredType(schema: Schema, type: string, name: string): string | undefined {
  for (const each of lineage(schema, type)) {
    const declared = schema.types.get(each)
    assert.ok(declared, `the type ${each} is not declared`)
    const found = declared.properties.get(name) ?? declared.navigations.get(name)
    if (found !== undefined) return found
  }
  return undefined
}

/** That all of a successful answer is declared, and each value of the type that its property has. */
export function assertDeclared(schema: Schema, body: unknown): void {
  if (typeof body !== 'object' || body === null) return
  const { '@odata.context': context, value, ...rest } = body as { readonly [name: string]: unknown }
  if (typeof context !== 'string' || !context.includes('#')) return
  const fragment = context.slice(context.indexOf('#') + 1)
  const [name = ''] = fragment.split(/[(/]/)
  if (name === 'Collection') {
    assertValue(schema, 'value', fragment, value)
    return
  }
  const root = schema.roots.find(root => root.name === name)
  assert.ok(root, `the context ${context} names nothing that is declared`)
  if (!fragment.endsWith('/$entity')) assertValue(schema, 'value', `Collection(graph.${root.type})`, value)
  else assertObject(schema, root.type, rest)
}

function assertObject(schema: Schema, type: string, object: object): void {
  const fields = object as { readonly [name: string]: unknown }
  const own = fields['@odata.type']
  const actual = typeof own === 'string' ? local(own.slice(1)) : type
  assert.ok(lineage(schema, actual).includes(type), `a ${actual} where a ${type} must be`)
  for (const [name, value] of Object.entries(fields)) {
    const [property = '', annotation] = name.split('@')
    if (property === '') continue
    const declared = declaredType(schema, actual, property)
    assert.ok(declared, `${actual} has no property ${property}: ${JSON.stringify(value)}`)
    if (annotation === undefined || annotation === 'delta') assertValue(schema, property, declared, value)
  }
}

function assertValue(schema: Schema, name: string, type: string, value: unknown): void {
  const element = /^Collection\((.*)\)$/.exec(type)?.[1]
  if (element !== undefined) {
    assert.ok(Array.isArray(value), `${name}: ${JSON.stringify(value)} is no ${type}`)
    for (const each of value) assert.notEqual(each, null, name)
    for (const each of value) assertValue(schema, name, element, each)
    return
  }
  if (value === null) return
  if (type.startsWith('graph.')) {
    assert.ok(typeof value === 'object', `${name}: ${JSON.stringify(value)} is no ${type}`)
    assertObject(schema, local(type), value)
    return
  }
  assert.ok(PRIMITIVES[type]?.(value), `${name}: ${JSON.stringify(value)} is no ${type}`)
}

const PRIMITIVES: Readonly<Record<string, (value: unknown) => boolean>> = {
  'Edm.String': value => typeof value === 'string',
  'Edm.Boolean': value => typeof value === 'boolean',
  'Edm.DateTimeOffset': value => typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value),
  'Edm.Guid': value => typeof value === 'string' && /^[0-9a-f-]{36}$/.test(value),
  'Edm.Binary': value => typeof value === 'string' && /^(?:[\w+/-]{4})*(?:[\w+/-]{2,3}=*)?$/.test(value),
  'Edm.Int32': value => Number.isInteger(value),
}

/** By the capabilities that a set is annotated with; without any it can. */
function isReadById(root: Xml): boolean {
  const restrictions = childrenOf(root, 'Annotation').filter(each =>
    attribute(each, 'Term').endsWith('.ReadRestrictions'),
  )
  return !restrictions
    .flatMap(each => childrenOf(only(each, 'Record'), 'PropertyValue'))
    .filter(each => each['Property'] === 'ReadByKeyRestrictions')
    .flatMap(each => childrenOf(only(each, 'Record'), 'PropertyValue'))
    .some(each => each['Property'] === 'Readable' && each['Bool'] === 'false')
}

function namesAndTypes(type: Xml, kind: string): Map<string, string> {
  return new Map(childrenOf(type, kind).map(each => [attribute(each, 'Name'), attribute(each, 'Type')]))
}

function childrenOf(element: Xml, name: string): readonly Xml[] {
  const found = element[name]
  return Array.isArray(found) ? found : []
}

function only(element: Xml, name: string): Xml {
  const [first, ...more] = childrenOf(element, name)
  assert.ok(first !== undefined && more.length === 0, `one ${name}`)
  return first
}

function attribute(element: Xml, name: string): string {
  const value = element[name]
  assert.ok(typeof value === 'string', `an element has no attribute ${name}`)
  return value
}

/** Without its namespace, in its long or its short form. */
function local(name: string): string {
  return name.replace(/^(microsoft\.)?graph\./, '')
}
