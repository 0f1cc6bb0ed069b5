import { after, test } from 'node:test'
import { inProcessDriver } from './inProcess.ts'
import { tellStory } from './stage.ts'
import { sqliteHouse } from './storeHouse.ts'
import { STORIES } from './stories.ts'

const driver = inProcessDriver(sqliteHouse)
after(() => driver.close())

for (const story of STORIES) test(story.title, () => tellStory(story, driver))
