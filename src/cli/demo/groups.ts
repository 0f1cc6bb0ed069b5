import type { Values } from '../../core/value.ts'
import { DEPARTMENTS, OFFICES } from './company.ts'
import type { Person } from './people.ts'

/** A group of the demonstration: what it is created from, and who belongs to it. */
export interface GroupPlan {
  readonly values: Values
  readonly holds: (person: Person, index: number) => boolean
  /** The first two of these own it. */
  readonly owned: (person: Person, index: number) => boolean
  /** mailNicknames of groups planned before it that it is a member of. */
  readonly within: readonly string[]
}

type Rule = GroupPlan['holds']

const everybody: Rule = () => true
const heads: Rule = ({ heads }) => heads
const of =
  (department: string): Rule =>
  person =>
    person.department.name === department
const titled =
  (title: string): Rule =>
  ({ values }) =>
    values.get('jobTitle') === title
const headOf =
  (department: string): Rule =>
  person =>
    person.heads && person.department.name === department
const every =
  (count: number): Rule =>
  (_person, index) =>
    index % count === 0

/** All thirty, in the order in which they are created. */
export const GROUPS: readonly GroupPlan[] = [
  security('All Employees', 'Everybody at Larkspur Instruments', everybody, headOf('People')),
  ...DEPARTMENTS.map(({ name, description }) => security(name, description, of(name), headOf(name))),
  ...[
    security(
      'Firmware Team',
      'The software inside the instruments',
      titled('Firmware Engineer'),
      headOf('Engineering'),
      ['engineering'],
    ),
    security(
      'Service Desk',
      'First to hear of trouble',
      titled('Service Desk Analyst'),
      headOf('Information Technology'),
      ['information-technology'],
    ),
    security('Purchasing', 'Buys for every department', titled('Buyer'), headOf('Finance'), ['finance']),
  ],
  ...OFFICES.map(({ city, country }) =>
    security(`${city} Office`, `Who works in ${city}, ${country}`, person => person.office.city === city, heads),
  ),
  security('VPN Users', 'May connect from outside the offices', every(5), headOf('Information Technology')),
  security('Production Administrators', 'Keep the running systems', titled('Network Engineer'), headOf('Operations')),
  security('Source Code Readers', 'May read every repository', of('Quality'), headOf('Engineering')),
  security('Budget Approvers', 'Sign what their departments spend', heads, headOf('Finance')),
  microsoft365('Company News', 'Announcements to the whole company', every(40), headOf('Marketing')),
  microsoft365('Leadership Team', 'The heads of all departments', heads, headOf('People'), 'Private'),
  microsoft365(
    'Project Aurora',
    'The next generation of tide gauges',
    every(61),
    headOf('Product Management'),
    'Private',
  ),
  microsoft365('New Starters', 'Questions and answers of the first weeks', every(75), headOf('People')),
  microsoft365('Sustainability Circle', 'Less waste, fewer flights', every(89), headOf('Design')),
  microsoft365('Running Club', 'Tuesdays at six, along the water', every(73), headOf('Legal')),
]

function security(
  name: string,
  description: string,
  holds: Rule,
  owned: Rule,
  within: readonly string[] = [],
): GroupPlan {
  const values = new Map<string, string | boolean>([
    ['description', description],
    ['displayName', name],
    ['mailEnabled', false],
    ['mailNickname', nicknameOf(name)],
    ['securityEnabled', true],
  ])
  return { values, holds, owned, within }
}

function microsoft365(
  name: string,
  description: string,
  holds: Rule,
  owned: Rule,
  visibility: 'Public' | 'Private' = 'Public',
): GroupPlan {
  const values = new Map<string, string | boolean | string[]>([
    ['description', description],
    ['displayName', name],
    ['groupTypes', ['Unified']],
    ['mailEnabled', true],
    ['mailNickname', nicknameOf(name)],
    ['securityEnabled', false],
    ['visibility', visibility],
  ])
  return { values, holds, owned, within: [] }
}

function nicknameOf(name: string): string {
  return name.toLowerCase().replaceAll(' ', '-')
}
