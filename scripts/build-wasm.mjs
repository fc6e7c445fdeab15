// Compiles src/tokenizer/bpe/assembly to src/tokenizer/bpe/engine.wasm.ts. The text holds no version and no date: the same source
// gives the same file, and a test says when it is stale.
//   npm run build:wasm
import { writeFileSync } from 'node:fs'
import asc from 'assemblyscript/asc'

const FOLDER = 'src/tokenizer/bpe'
const FLAGS = ['--runtime', 'stub', '--enable', 'simd', '-O3', '--converge', '--noAssert']

/** The engine, compiled. */
export async function compileEngine() {
  let binary
  const { error, stderr } = await asc.main(
    [`${FOLDER}/assembly/engine.ts`, '--outFile', 'engine.wasm', ...FLAGS],
    {
      writeFile: (_, contents) => {
        binary = contents
      },
    },
  )
  if (error) throw new Error(`${error.message}\n${stderr}`)
  return Buffer.from(binary)
}

if (process.argv[1]?.endsWith('build-wasm.mjs')) {
  const binary = await compileEngine()
  const lines = binary.toString('base64').match(/.{1,120}/g)
  writeFileSync(
    `${FOLDER}/engine.wasm.ts`,
    `// Written by scripts/build-wasm.mjs (npm run build:wasm) from ${FOLDER}/assembly. Don't edit.

/** The hot path of the tokenizer: WebAssembly, in base64. */
export const ENGINE_WASM: string =
${lines.map(line => `  '${line}'`).join(' +\n')}
`,
  )
  console.error(`${binary.length} bytes`)
}
