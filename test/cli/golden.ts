import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { makeModelFolder } from './model-folder.ts'
import { runCli } from './run-cli.ts'

/** The folders of golden files, in the source tree. */
const FOLDERS = ['show', 'check'].map(name =>
  fileURLToPath(new URL(`../../../test/golden/${name}/`, import.meta.url)),
)

export interface Golden {
  readonly name: string
  readonly path: string
  /** What the file says now. */
  readonly text: string
  /** What it should say. */
  readonly run: () => Promise<string>
}

/**
 * Every golden file: its first line is the command, `$ lossline show NAME.jsonl --tokenizer MODEL`, run in that folder with MODEL a model
 * folder made for it; what comes out follows.
 */
export function readGoldens(): Golden[] {
  const model = makeModelFolder()
  const files = FOLDERS.flatMap(folder =>
    readdirSync(folder)
      .filter(name => name.endsWith('.txt'))
      .sort()
      .map(name => ({ folder, name })),
  )
  return files.map(({ folder, name }) => {
    const text = readFileSync(folder + name, 'utf8')
    const [command = ''] = text.split('\n')
    const words = splitWords(command.replace(/^\$ /, ''))
    const env = Object.fromEntries(
      words.filter(word => /^[A-Z_]+=/.test(word)).map(word => word.split('=') as [string, string]),
    )
    const args = words.slice(words.indexOf('lossline') + 1).map(word => (word === 'MODEL' ? model : word))
    return {
      name,
      path: folder + name,
      text,
      run: async () => {
        const { code, stdout, stderr } = await runCli(args, { cwd: folder, env })
        const section = (title: string, body: string): string =>
          body === '' ? '' : `\n── ${title} ──\n${body}`
        return `${command}\n${section('stdout', visible(stdout))}${section('stderr', stderr)}\n── exit code ${code} ──\n`
      },
    }
  })
}

/** Colours as text, so that a person can read the file. */
function visible(text: string): string {
  return text.replaceAll('\x1b', '␛')
}

/** As a shell splits them, with single quotes. */
function splitWords(command: string): string[] {
  return [...command.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''))
}
