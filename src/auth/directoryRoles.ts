/**
 * The directory roles of Microsoft Entra that count here, by name, with the template ids that tokens bear as `wids`
 * (learn.microsoft.com, entra/identity/role-based-access-control/permissions-reference).
 */
export const DIRECTORY_ROLES = {
  'Application Administrator': '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3',
  'Authentication Administrator': 'c4e39bd9-1100-46d3-8c65-fb160da0071f',
  'Cloud Application Administrator': '158c047a-c907-4556-b7ef-446551a6b5f7',
  'Cloud Device Administrator': '7698a772-787b-4ac8-901f-60d6b08affd2',
  'Directory Readers': '88d8e3e3-8f55-4a1e-953a-9b9898b8876b',
  'Directory Writers': '9360feb5-f418-4baa-8175-e2a00bac4301',
  'Exchange Administrator': '29232cdf-9323-42fd-ade2-1d097af3e4de',
  'Global Administrator': '62e90394-69f5-4237-9190-012177145e10',
  'Global Reader': 'f2ef992c-3afb-46b9-b7cf-a126ee74c451',
  'Groups Administrator': 'fdd7a751-b60b-444a-984c-02652fe8fa1c',
  'Helpdesk Administrator': '729827e3-9c14-49f7-bb1b-9608f156bbb8',
  'Hybrid Identity Administrator': '8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2',
  'Identity Governance Administrator': '45d8d3c5-c802-45c6-b32a-1d70b5e1e86e',
  'Intune Administrator': '3a2c62db-5318-420d-8d74-23affee5d9d5',
  'Privileged Authentication Administrator': '7be44c8a-adaf-4e2a-84d6-ab2649e08a13',
  'Privileged Role Administrator': 'e8611ab8-c189-46e8-94e1-60213ab1f814',
  'SharePoint Administrator': 'f28a1f50-f6e7-4571-818b-6a12f2af6b6c',
  'Teams Administrator': '69091246-20e8-4a56-aa4d-066075b2a7a8',
  'User Administrator': 'fe930be7-5e62-47db-91af-98c3a49a38b1',
  'Windows 365 Administrator': '11451d60-acb2-45eb-a7d6-43d0f0125c13',
  'Yammer Administrator': '810a2642-a034-447f-a5e8-41beaa378541',
} as const

export type DirectoryRole = keyof typeof DIRECTORY_ROLES

/** In alphabetical order. */
export const DIRECTORY_ROLE_NAMES = Object.keys(DIRECTORY_ROLES) as DirectoryRole[]

/** The roles that a token's `wids` name. Those that do not count here are passed over. */
export function directoryRolesOf(templateIds: readonly string[]): ReadonlySet<DirectoryRole> {
  return new Set(DIRECTORY_ROLE_NAMES.filter(name => templateIds.includes(DIRECTORY_ROLES[name])))
}

/** The roles of these names. Names that do not count here, which an older or newer Tidemark may have kept, are passed over. */
export function directoryRolesNamed(names: readonly string[]): DirectoryRole[] {
  return DIRECTORY_ROLE_NAMES.filter(name => names.includes(name))
}
