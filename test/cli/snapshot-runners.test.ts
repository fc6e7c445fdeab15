/** `assertMasks` in real test runners, by examples/masks.test.js: it passes on its own snapshot, and fails where a mask has moved. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ROOT } from '../package/package-root.ts'
import { CHATML, makeModelFolder } from './model-folder.ts'
import { makeFolder } from './run-cli.ts'

const EXAMPLES = join(ROOT, 'examples')

interface Runner {
  readonly name: 'node' | 'vitest' | 'jest'
  /** What stands in the place of `import { test } from 'node:test'`. */
  readonly head: string
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

const RUNNERS: readonly Runner[] = [
  { name: 'node', head: "import { test } from 'node:test'", command: [process.execPath, '--test'], env: {} },
  {
    name: 'vitest',
    head: "import { test } from 'vitest'",
    command: [process.execPath, 'node_modules/vitest/vitest.mjs', 'run'],
    env: {},
  },
  {
    name: 'jest',
    head: '',
    command: [process.execPath, 'node_modules/jest/bin/jest.js', '--rootDir', '.'],
    env: { NODE_OPTIONS: '--experimental-vm-modules' },
  },
]

/** Where vitest and jest are installed, if they are: they are hundreds of packages that nothing else here needs. */
const { LOSSLINE_TEST_RUNNERS: installed } = process.env

const isHere = ({ name }: Runner): boolean =>
  name === 'node' || (installed !== undefined && existsSync(join(installed, name)))

for (const runner of RUNNERS) {
  const { name } = runner
  const skip = isHere(runner) ? false : `LOSSLINE_TEST_RUNNERS names no node_modules with ${name}`
  const only = name === 'node' ? '' : ', where LOSSLINE_TEST_RUNNERS names its node_modules'
  test(`masks are a test in ${name}${only}`, { skip }, () => {
    const folder = makeProject(runner)
    const model = makeModelFolder()
    const first = run(runner, folder, model)
    assert.equal(first.status, 0, first.output)
    assert.match(readFileSync(join(folder, 'chats.jsonl.masks'), 'utf8'), /^# lossline masks 1/)
    const again = run(runner, folder, model)
    assert.equal(again.status, 0, again.output)
    writeFileSync(
      join(model, 'chat_template.jinja'),
      CHATML.replace("+ '<|im_end|>'", "+ '<|im_end|>' + ' '"),
    )
    const moved = run(runner, folder, model)
    assert.equal(moved.status, 1, moved.output)
    assert.match(moved.output, /message 4, tokens \d+–\d+ → \d+–\d+: the same text, "By then/)
  })
}

/** A folder as a user's: the example, its rows, and what it imports. */
function makeProject({ name, head }: Runner): string {
  const folder = makeFolder()
  const modules = join(folder, 'node_modules')
  if (name === 'node') mkdirSync(modules)
  else symlinkSync(installed!, modules)
  if (!existsSync(join(modules, 'lossline'))) symlinkSync(ROOT, join(modules, 'lossline'))
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}')
  copyFileSync(join(EXAMPLES, 'chats.jsonl'), join(folder, 'chats.jsonl'))
  const source = readFileSync(join(EXAMPLES, 'masks.test.js'), 'utf8')
  writeFileSync(join(folder, 'masks.test.js'), source.replace(/^import .* 'node:test'$/m, head))
  return folder
}

function run(
  { command, env }: Runner,
  cwd: string,
  model: string,
): { status: number | null; output: string } {
  const [program, ...args] = command
  // What a runner of tests tells its children is none of theirs; CI would want the snapshot to be there.
  const { NODE_TEST_CONTEXT: _, CI: __, ...own } = process.env
  const { status, stdout, stderr } = spawnSync(program!, args, {
    cwd,
    encoding: 'utf8',
    env: { ...own, ...env, MODEL: model, NO_COLOR: '1' },
  })
  return { status, output: stdout + stderr }
}
