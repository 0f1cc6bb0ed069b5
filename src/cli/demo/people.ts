import type { JsonValue } from '../../core/fact.ts'
import type { Values } from '../../core/value.ts'
import { DEPARTMENTS, type Department, OFFICES, type Office } from './company.ts'

/** Somebody who works in the demonstration: what a user is created from, and where they belong. */
export interface Person {
  readonly values: Values
  readonly department: Department
  readonly office: Office
  /** Heads a department, and owns its group. */
  readonly heads: boolean
}

const GIVEN_NAMES = [
  ...['Adele', 'Aiko', 'Amara', 'Amir', 'Ana', 'Anders', 'Anouk', 'Arjun', 'Astrid', 'Ayşe', 'Beatriz', 'Bram'],
  ...['Camille', 'Carlos', 'Chidi', 'Chloé', 'Daan', 'Daniela', 'Deepa', 'Diego', 'Elif', 'Elin', 'Emeka', 'Emma'],
  ...['Farah', 'Felix', 'Fiona', 'Gabriel', 'Hana', 'Hassan', 'Helena', 'Hugo', 'Inês', 'Ingrid', 'Isaac', 'Ivana'],
  ...['Jakub', 'Jasmin', 'João', 'Julia', 'Kaito', 'Karin', 'Kwame', 'Laila', 'Lars', 'Léa', 'Liam', 'Lucía'],
  ...['Malik', 'Marta', 'Mei', 'Milan', 'Naomi', 'Nikolai', 'Noor', 'Oscar', 'Priya', 'René', 'Sofia', 'Tomás'],
] as const

const SURNAMES = [
  ...['Abubakar', 'Ahmed', 'Almeida', 'Andersson', 'Bakker', 'Banerjee', 'Bergström', 'Bianchi', 'Castillo', 'Chen'],
  ...['Costa', 'Demir', 'Dubois', 'Eriksen', 'Farouk', 'Fernandes', 'Fischer', 'Flores', 'García', 'Gupta'],
  ...['Haddad', 'Hansen', 'Horvat', 'Iyer', 'Jansen', 'Johansson', 'Kamau', 'Kaya', 'Kim', 'Kowalczyk'],
  ...['Lambert', 'Lindqvist', 'López', 'Mbeki', 'Mensah', 'Meyer', 'Moreau', 'Müller', 'Murphy', 'Nakamura'],
  ...['Novak', 'Okafor', 'Oliveira', 'Patel', 'Pereira', 'Petrov', 'Rahman', 'Ramírez', 'Rossi', 'Sato'],
  ...['Schmidt', 'Silva', 'Singh', 'Suzuki', 'Tanaka', 'Usman', 'Visser', 'Weber', 'Yamamoto', 'Zhang'],
] as const

/** The `index`-th of the people; no two of the first 3,600 have one name. */
export function person(index: number, domain: string): Person {
  const given = pick(GIVEN_NAMES, index)
  const surname = pick(SURNAMES, Math.floor(index / GIVEN_NAMES.length) + 7 * index)
  const alias = `${given}.${surname}`
    .normalize('NFD')
    .replace(/[^A-Za-z.]/g, '')
    .toLowerCase()
  const { department, round } = departmentOf(index)
  const office = pick(OFFICES, Math.floor(index / 3))
  const heads = round === 0 && DEPARTMENT_OF_SLOT.indexOf(department) === slotOf(index)
  const values: [string, JsonValue][] = [
    ['accountEnabled', index % 97 !== 96],
    ['city', office.city],
    ['country', office.country],
    ['department', department.name],
    ['displayName', `${given} ${surname}`],
    ['employeeId', String(10_001 + index)],
    ['givenName', given],
    ['jobTitle', heads ? `Head of ${department.name}` : pick(department.titles, round)],
    ['mail', `${alias}@${domain}`],
    ['mailNickname', alias],
    ['officeLocation', `${office.city} ${1 + (index % 4)}.${String(1 + (index % 42)).padStart(2, '0')}`],
    // Asked for at creation and kept nowhere: nobody signs in.
    ['passwordProfile', { password: 'none' }],
    ['surname', surname],
    ['usageLocation', office.usageLocation],
    ['userPrincipalName', `${alias}@${domain}`],
  ]
  return { values: new Map(values), department, office, heads }
}

/** Of every hundred people in a row, as many work in a department as its share says. */
const DEPARTMENT_OF_SLOT = DEPARTMENTS.flatMap(department => Array<Department>(department.share).fill(department))

/** Walks through all slots, without keeping neighbours together. */
function slotOf(index: number): number {
  return (index * 37) % DEPARTMENT_OF_SLOT.length
}

function departmentOf(index: number): { readonly department: Department; readonly round: number } {
  return {
    department: pick(DEPARTMENT_OF_SLOT, slotOf(index)),
    round: Math.floor(index / DEPARTMENT_OF_SLOT.length),
  }
}

function pick<T>(list: readonly T[], index: number): T {
  const found = list[index % list.length]
  if (found === undefined) throw new Error('A list of the demonstration is empty.')
  return found
}
