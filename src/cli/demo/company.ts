/** One of the departments; the shares of all of them add up to 100. */
export interface Department {
  readonly name: string
  readonly share: number
  readonly titles: readonly string[]
  /** What its group is for. */
  readonly description: string
}

export interface Office {
  readonly city: string
  readonly country: string
  readonly usageLocation: string
}

export const DEPARTMENTS: readonly Department[] = [
  department('Engineering', 24, 'Designs and builds the instruments and their software', [
    'Software Engineer',
    'Senior Software Engineer',
    'Firmware Engineer',
    'Staff Engineer',
    'Engineering Manager',
  ]),
  department('Customer Support', 16, 'Answers customers around the clock', ['Support Engineer', 'Support Lead']),
  department('Sales', 14, 'Sells to laboratories and harbours', ['Account Executive', 'Sales Engineer']),
  department('Operations', 11, 'Runs the plants and the warehouses', ['Operations Specialist', 'Shift Supervisor']),
  department('Marketing', 7, 'Tells the world what we make', ['Content Strategist', 'Campaign Manager']),
  department('Information Technology', 7, 'Keeps networks, devices and accounts working', [
    'Systems Administrator',
    'Network Engineer',
    'Service Desk Analyst',
  ]),
  department('Product Management', 5, 'Decides what is built next', ['Product Manager', 'Product Analyst']),
  department('Finance', 5, 'Books, budgets and purchases', ['Accountant', 'Financial Analyst', 'Buyer']),
  department('Quality', 4, 'Tests and certifies every instrument', ['Test Engineer', 'Quality Auditor']),
  department('People', 3, 'Hires, pays and looks after everybody', ['Recruiter', 'People Partner']),
  department('Design', 3, 'Shapes devices, screens and documents', ['Product Designer', 'Technical Writer']),
  department('Legal', 1, 'Contracts, privacy and export control', ['Counsel']),
]

export const OFFICES: readonly Office[] = [
  { city: 'Lisbon', country: 'Portugal', usageLocation: 'PT' },
  { city: 'Rotterdam', country: 'Netherlands', usageLocation: 'NL' },
  { city: 'Halifax', country: 'Canada', usageLocation: 'CA' },
  { city: 'Busan', country: 'South Korea', usageLocation: 'KR' },
]

function department(name: string, share: number, description: string, titles: readonly string[]): Department {
  return { name, share, description, titles }
}
