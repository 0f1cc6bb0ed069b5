import {
  apiClientProxifier,
  type NavigationMetadata,
  type Parsable,
  type ParseNode,
  type RequestAdapter,
  type RequestConfiguration,
  type RequestInformation,
  type RequestMetadata,
} from '@microsoft/kiota-abstractions'
import {
  type BaseDeltaFunctionResponse,
  createDirectoryObjectFromDiscriminatorValue,
  createGroupFromDiscriminatorValue,
  createUserFromDiscriminatorValue,
  type DirectoryObject,
  deserializeIntoBaseDeltaFunctionResponse,
  type Group,
  type ReferenceCreate,
  serializeGroup,
  serializeReferenceCreate,
  serializeUser,
  type User,
} from '@microsoft/msgraph-sdk/models/index.js'
import { createODataErrorFromDiscriminatorValue } from '@microsoft/msgraph-sdk/models/oDataErrors/index.js'

// The package of the typed client that holds the routes of groups is not published: these are the few that are asked
// here, in the form that its generator writes, with its models.

export interface GroupDelta extends BaseDeltaFunctionResponse {
  value?: Group[] | null
}

export const ERRORS = { XXX: createODataErrorFromDiscriminatorValue }

export function createGroupDelta(_node: ParseNode | undefined) {
  return (delta: GroupDelta = {}): Record<string, (node: ParseNode) => void> => ({
    ...deserializeIntoBaseDeltaFunctionResponse(delta),
    value: node => {
      delta.value = node.getCollectionOfObjectValues<Group>(createGroupFromDiscriminatorValue) ?? null
    },
  })
}

interface DeltaQuery {
  readonly select?: string[]
}

interface References {
  readonly ref: { readonly post: (body: ReferenceCreate) => Promise<void> }
  readonly byDirectoryObjectId: (id: string) => { readonly ref: { readonly delete: () => Promise<void> } }
}

/** The routes, as a program uses them. */
export interface TypedGraph {
  readonly users: { readonly post: (body: User) => Promise<User | undefined> }
  readonly groups: {
    readonly post: (body: Group) => Promise<Group | undefined>
    readonly toPostRequestInformation: (body: Group) => RequestInformation
    readonly delta: {
      readonly get: (configuration?: RequestConfiguration<DeltaQuery>) => Promise<GroupDelta | undefined>
      readonly toGetRequestInformation: (configuration?: RequestConfiguration<DeltaQuery>) => RequestInformation
      readonly withUrl: (url: string) => { readonly get: () => Promise<GroupDelta | undefined> }
    }
    readonly byGroupId: (id: string) => {
      readonly get: () => Promise<Group | undefined>
      readonly patch: (body: Group) => Promise<Group | undefined>
      readonly delete: () => Promise<void>
      readonly members: References
    }
  }
  readonly directory: {
    readonly deletedItems: {
      readonly byDirectoryObjectId: (id: string) => {
        readonly restore: { readonly post: () => Promise<DirectoryObject | undefined> }
      }
    }
  }
}

const JSON_TYPE = 'application/json'

type Factory<Model extends Parsable> = (
  node: ParseNode | undefined,
) => (instance?: Model) => Record<string, (node: ParseNode) => void>

function answering<Model extends Parsable>(uriTemplate: string, factory: Factory<Model>): RequestMetadata {
  return {
    uriTemplate,
    responseBodyContentType: JSON_TYPE,
    errorMappings: ERRORS,
    adapterMethodName: 'send',
    responseBodyFactory: factory as NonNullable<RequestMetadata['responseBodyFactory']>,
  }
}

function silent(uriTemplate: string): RequestMetadata {
  return {
    uriTemplate,
    responseBodyContentType: JSON_TYPE,
    errorMappings: ERRORS,
    adapterMethodName: 'sendNoResponseContent',
  }
}

function withBody(metadata: RequestMetadata, serializer: unknown): RequestMetadata {
  return {
    ...metadata,
    requestBodyContentType: JSON_TYPE,
    requestBodySerializer: serializer as NonNullable<RequestMetadata['requestBodySerializer']>,
    requestInformationContentSetMethod: 'setContentFromParsable',
  }
}

const GROUP = '{+baseurl}/groups/{group%2Did}'
const DELETED = '{+baseurl}/directory/deletedItems/{directoryObject%2Did}'
const MEMBER = `${GROUP}/members/{directoryObject%2Did}`

const NAVIGATION: Record<keyof TypedGraph, NavigationMetadata> = {
  users: {
    requestsMetadata: {
      post: withBody(answering('{+baseurl}/users', createUserFromDiscriminatorValue), serializeUser),
    },
  },
  groups: {
    requestsMetadata: {
      post: withBody(answering('{+baseurl}/groups', createGroupFromDiscriminatorValue), serializeGroup),
    },
    navigationMetadata: {
      delta: {
        requestsMetadata: {
          get: {
            ...answering(
              '{+baseurl}/groups/delta(){?%24count,%24expand,%24filter,%24orderby,%24search,%24select,%24skip,%24top}',
              createGroupDelta,
            ),
            queryParametersMapper: { select: '%24select' },
          },
        },
      },
      byGroupId: {
        pathParametersMappings: ['group%2Did'],
        requestsMetadata: {
          get: answering(GROUP, createGroupFromDiscriminatorValue),
          patch: withBody(answering(GROUP, createGroupFromDiscriminatorValue), serializeGroup),
          delete: silent(GROUP),
        },
        navigationMetadata: {
          members: {
            navigationMetadata: {
              ref: { requestsMetadata: { post: withBody(silent(`${GROUP}/members/$ref`), serializeReferenceCreate) } },
              byDirectoryObjectId: {
                pathParametersMappings: ['directoryObject%2Did'],
                navigationMetadata: { ref: { requestsMetadata: { delete: silent(`${MEMBER}/$ref`) } } },
              },
            },
          },
        },
      },
    },
  },
  directory: {
    navigationMetadata: {
      deletedItems: {
        navigationMetadata: {
          byDirectoryObjectId: {
            pathParametersMappings: ['directoryObject%2Did'],
            navigationMetadata: {
              restore: {
                requestsMetadata: {
                  post: answering(`${DELETED}/restore`, createDirectoryObjectFromDiscriminatorValue),
                },
              },
            },
          },
        },
      },
    },
  },
}

export function typedGraph(adapter: RequestAdapter): TypedGraph {
  return apiClientProxifier<TypedGraph>(adapter, { baseurl: adapter.baseUrl }, NAVIGATION)
}
