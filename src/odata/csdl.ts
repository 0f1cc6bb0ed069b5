import type { Writability } from '../core/property.ts'
import type { EdmType } from './complexTypes.ts'
import type { EdmEntityType, EdmModel, EdmOperation, EdmRoot } from './edm.ts'

const CORE = 'Org.OData.Core.V1'
const CAPABILITIES = 'Org.OData.Capabilities.V1'
const VOCABULARIES = 'https://oasis-tcs.github.io/odata-vocabularies/vocabularies'

/** A model as an XML document (OData CSDL XML 4.01, in the form of version 4.0). */
export function csdl(model: EdmModel): string {
  const names = { Namespace: 'microsoft.graph', Alias: 'graph', xmlns: 'http://docs.oasis-open.org/odata/ns/edm' }
  const schema = element('Schema', names, [
    ...model.entityTypes.map(entityType),
    ...Object.entries(model.complexTypes).map(([name, fields]) => complexType(name, fields)),
    ...model.operations.map(operation),
    element(
      'EntityContainer',
      { Name: 'GraphService' },
      model.roots.map(root => rootXml(root, model)),
    ),
  ])
  const edmx = element('edmx:Edmx', { Version: '4.0', 'xmlns:edmx': 'http://docs.oasis-open.org/odata/ns/edmx' }, [
    ...[CORE, CAPABILITIES].map(reference),
    element('edmx:DataServices', {}, [schema]),
  ])
  return `<?xml version="1.0" encoding="utf-8"?>\n${edmx}`
}

function reference(vocabulary: string): string {
  const uri = `${VOCABULARIES}/${vocabulary}.xml`
  return element('edmx:Reference', { Uri: uri }, [element('edmx:Include', { Namespace: vocabulary })])
}

function entityType({ name, base, abstract, properties, navigations, alternateKey }: EdmEntityType): string {
  const key = base === null ? [element('Key', {}, [element('PropertyRef', { Name: 'id' })])] : []
  return element('EntityType', { Name: name, BaseType: base && `graph.${base}`, Abstract: abstract ? 'true' : null }, [
    ...key,
    ...properties.map(({ name, type, write }) => property(name, type, write)),
    ...navigations.map(({ name, target, contained }) =>
      element('NavigationProperty', {
        Name: name,
        Type: `Collection(graph.${target})`,
        ContainsTarget: contained ? 'true' : null,
      }),
    ),
    ...(alternateKey === null ? [] : [alternateKeyXml(alternateKey)]),
  ])
}

function complexType(name: string, fields: Readonly<Record<string, EdmType>>): string {
  return element(
    'ComplexType',
    { Name: name },
    Object.entries(fields).map(([field, type]) => property(field, type, 'always')),
  )
}

/** No collection holds null, and every object has an id; any other value may be null. */
function property(name: string, type: EdmType, write: Writability): string {
  const nullable = type.collection || name === 'id' ? 'false' : null
  const attributes = { Name: name, Type: typeName(type), Nullable: nullable }
  if (write === 'never') return element('Property', attributes, [tag(`${CORE}.Computed`)])
  if (write === 'creation') return element('Property', attributes, [tag(`${CORE}.Immutable`)])
  return element('Property', attributes)
}

function alternateKeyXml(name: string): string {
  const part = record(`${CORE}.PropertyRef`, [
    element('PropertyValue', { Property: 'Name', PropertyPath: name }),
    element('PropertyValue', { Property: 'Alias', String: name }),
  ])
  const key = element('PropertyValue', { Property: 'Key' }, [element('Collection', {}, [part])])
  return element('Annotation', { Term: `${CORE}.AlternateKeys` }, [
    element('Collection', {}, [record(`${CORE}.AlternateKey`, [key])]),
  ])
}

function operation({ name, kind, binding, parameters, returns }: EdmOperation): string {
  return element(kind, { Name: name, IsBound: 'true' }, [
    parameter('bindingParameter', binding),
    ...Object.entries(parameters).map(([name, type]) => parameter(name, type)),
    ...(returns === null ? [] : [element('ReturnType', { Type: typeName(returns), Nullable: 'false' })]),
  ])
}

function parameter(name: string, type: EdmType): string {
  return element('Parameter', { Name: name, Type: typeName(type), Nullable: type.collection ? 'false' : null })
}

function rootXml({ name, type, kind, read, tracked }: EdmRoot, { entityTypes, roots }: EdmModel): string {
  const navigations = entityTypes.find(entity => entity.name === type)?.navigations ?? []
  const bindings = navigations
    .filter(({ contained }) => !contained)
    .map(({ name, target }) => {
      const set = roots.find(root => root.type === target)
      return element('NavigationPropertyBinding', { Path: name, Target: set?.name ?? null })
    })
  const annotations = [
    ...(read === 'whole' ? [] : [restricted(read === 'by id')]),
    ...(tracked ? [capability('ChangeTracking', [flag('Supported', true)])] : []),
  ]
  if (kind === 'Singleton') return element(kind, { Name: name, Type: `graph.${type}` }, [...bindings, ...annotations])
  const shown = { IncludeInServiceDocument: read === 'whole' ? null : 'false' }
  return element(kind, { Name: name, EntityType: `graph.${type}`, ...shown }, [...bindings, ...annotations])
}

function restricted(isReadById: boolean): string {
  const byKey = element('PropertyValue', { Property: 'ReadByKeyRestrictions' }, [
    element('Record', {}, [flag('Readable', isReadById)]),
  ])
  return capability('ReadRestrictions', [flag('Readable', false), byKey])
}

function capability(term: string, values: readonly string[]): string {
  return element('Annotation', { Term: `${CAPABILITIES}.${term}` }, [element('Record', {}, values)])
}

function flag(name: string, value: boolean): string {
  return element('PropertyValue', { Property: name, Bool: String(value) })
}

/** An annotation that says all by its name. */
function tag(term: string): string {
  return element('Annotation', { Term: term, Bool: 'true' })
}

function record(type: string, values: readonly string[]): string {
  return element('Record', { Type: type }, values)
}

function typeName({ name, collection }: EdmType): string {
  return collection ? `Collection(${name})` : name
}

/** An attribute that is null is left out. */
function element(
  name: string,
  attributes: Readonly<Record<string, string | null>>,
  children: readonly string[] = [],
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => ` ${key}="${escaped(value ?? '')}"`)
  const start = `<${name}${written.join('')}`
  return children.length === 0 ? `${start}/>` : `${start}>${children.join('')}</${name}>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
