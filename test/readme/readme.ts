import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { ROOT } from '../package/package-root.ts'

export const README: string = join(ROOT, 'README.md')

/** A fenced block: ```language notes, its text, and where the text lies in the file. */
export interface Block {
  readonly language: string
  /** What follows the language: `browser`. */
  readonly notes: string
  readonly text: string
  readonly startChar: number
  readonly endChar: number
  /** Of the text's first line, from 1. */
  readonly line: number
}

export function readBlocks(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\w*) ?(.*)\n([\s\S]*?)^```$/gm)].map(
    ({ 0: whole, 1: language, 2: notes, 3: text, index }) => {
      const startChar = index + whole.indexOf('\n') + 1
      return {
        language: language!,
        notes: notes!,
        text: text!,
        startChar,
        endChar: startChar + text!.length,
        line: markdown.slice(0, startChar).split('\n').length,
      }
    },
  )
}

/** Something that the README shows with what comes of it. */
export interface Shown {
  /** `README.md:42 npx lossline show …` */
  readonly name: string
  /** What the README says. */
  readonly text: string
  readonly startChar: number
  readonly endChar: number
  /** What it should say. */
  readonly run: () => Promise<string>
}

/** All blocks of commands, and all programs with an output behind them. */
export function readShown(markdown: string): Shown[] {
  const blocks = readBlocks(markdown)
  return blocks.flatMap((block, b) => {
    const next = blocks[b + 1]
    if (block.language === 'console') return [toShown(block, async () => runCommands(block.text))]
    if (block.language !== 'ts' || next?.language !== 'text') return []
    const run = block.notes === 'browser' ? runInPage : runProgram
    return [{ ...toShown(next, () => run(block.text)), name: nameOf(block) }]
  })
}

function toShown(block: Block, run: Shown['run']): Shown {
  return { name: nameOf(block), text: block.text, startChar: block.startChar, endChar: block.endChar, run }
}

function nameOf({ line, text }: Block): string {
  return `README.md:${line} ${text.split('\n')[0]!.replace(/^\$ /, '')}`
}

/** A block again, with what its commands print now: `$ ` and a command, which goes on after a `\`, then its output. */
function runCommands(text: string): string {
  const commands = text.match(/^\$ (?:.*\\\n)*.*/gm) ?? []
  return commands.map(command => `${command}\n${endLine(runShell(command.slice(2)))}`).join('')
}

const CACHE = mkdtempSync(join(tmpdir(), 'lossline-readme-'))
process.once('exit', () => rmSync(CACHE, { recursive: true, force: true }))

function runShell(command: string): string {
  const { FORCE_COLOR: _, ...inherited } = process.env
  // `npx lossline` finds the checkout's own command; without npx that takes a third of the time.
  const { stdout } = spawnSync(
    'bash',
    ['-c', `exec 2>&1; lossline() { node dist/src/cli/main.js "$@"; }; npx() { "$@"; }; ${command}`],
    {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...inherited, NO_COLOR: '1', COLUMNS: '80', LOSSLINE_CACHE: CACHE, TZ: 'UTC' },
    },
  )
  return stdout
}

/** What a program prints, compiled as strictly as our own code and run from the checkout as a user's would be from theirs. */
async function runProgram(source: string): Promise<string> {
  return execFileSync(process.execPath, [compileProgram(source)], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, LOSSLINE_CACHE: CACHE },
  })
}

/** What a program for browsers prints: bundled, and run without the globals that only Node has, beside two files that it may fetch. */
async function runInPage(source: string): Promise<string> {
  const program = compileProgram(source)
  const outfile = join(dirname(program), 'page.mjs')
  await build({
    entryPoints: [program],
    outfile,
    bundle: true,
    platform: 'browser',
    format: 'esm',
    logLevel: 'silent',
  })
  const files = {
    'tokenizer.json': gunzipSync(
      readFileSync(join(ROOT, 'assets/mistral-7b-v0.1/tokenizer.json.gz')),
    ).toString(),
    'chat_template.jinja': readFileSync(join(ROOT, 'examples/chat_template.jinja'), 'utf8'),
  }
  const page = `
    const files = ${JSON.stringify(files)}
    globalThis.fetch = async name => ({ text: async () => files[name] })
    for (const name of ['process', 'Buffer', 'global', 'setImmediate', 'require', 'module']) delete globalThis[name]
    import(${JSON.stringify(pathToFileURL(outfile).href)})`
  writeFileSync(join(dirname(program), 'page.cjs'), page)
  return execFileSync(process.execPath, [join(dirname(program), 'page.cjs')], { encoding: 'utf8' })
}

/**
 * @returns the module, in a folder from where `lossline` is the package of this checkout
 * @throws Error with what the compiler says
 */
export function compileProgram(source: string): string {
  const folder = join(ROOT, 'dist/readme')
  mkdirSync(folder, { recursive: true })
  const here = mkdtempSync(join(folder, 'program-'))
  process.once('exit', () => rmSync(here, { recursive: true, force: true }))
  writeFileSync(join(here, 'program.ts'), source)
  const config = {
    extends: '../../../tsconfig.json',
    compilerOptions: { rootDir: '.', outDir: '.', lib: ['es2023', 'dom'], noUnusedLocals: false },
    include: ['program.ts'],
    exclude: [],
  }
  writeFileSync(join(here, 'tsconfig.json'), JSON.stringify(config))
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', here],
    {
      encoding: 'utf8',
    },
  )
  if (status !== 0) throw new Error(stdout)
  return join(here, 'program.js')
}

function endLine(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}

export function readReadme(): string {
  return readFileSync(README, 'utf8')
}
