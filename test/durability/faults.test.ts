import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'node:test'
import { chanceOf, freshSeed } from './chance.ts'
import { readDirectory } from './directory.ts'
import { inFolder } from './folder.ts'
import { type Running, run } from './running.ts'
import { type End, startProcess } from './serverProcess.ts'
import { openSmallDisk } from './smallDisk.ts'
import { failing, whyNoStrace } from './strace.ts'
import { acknowledgedBy, newStormWriters, type Outcome, type StormWriter, settle, writeNext } from './stormWriter.ts'
import { checkHead, faultsOfFile, headOfFile } from './wholeFile.ts'

const noStrace = whyNoStrace() ?? false
const SIZE = { writers: 4, users: 10 }
