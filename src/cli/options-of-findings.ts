import { type OptionTable, toSwitch } from './option.ts'
import * as parse from './option-values.ts'

export interface FindingOptionValues {
  readonly rule: Readonly<Record<string, string>>
  readonly lint_config: string
  readonly level: 'info' | 'warn' | 'error'
  readonly report_format: 'text' | 'json' | 'sarif' | 'github'
  readonly max_findings: number
  readonly fix: string
  readonly port: number
  readonly open: boolean
  readonly html: string
  readonly json: boolean
  readonly no_cache: boolean
  readonly debug: boolean
}

/** Options of what is found and how it is shown: rules, reports, the page. */
export const FINDING_OPTIONS: OptionTable<FindingOptionValues> = {
  rule: {
    value: 'NAME=LEVEL,…',
    help: 'what findings of a rule count as: off, info, warn or error',
    parse: parse.ruleLevels,
  },
  lint_config: {
    value: 'FILE',
    help: 'rules and their levels, as JSON or YAML',
    default: '.losslinerc.json, .losslinerc.yaml or .losslinerc, here or above',
    parse: parse.text,
  },
  level: {
    value: 'info|warn|error',
    help: 'the least that is shown',
    default: 'warn',
    parse: parse.oneOf('info', 'warn', 'error'),
  },
  report_format: {
    flag: '--format',
    value: 'NAME',
    help: 'text, json, sarif (code scanning) or github (annotations of a workflow)',
    default: 'text',
    parse: parse.outputFormat('text', 'json', 'sarif', 'github'),
  },
  max_findings: {
    value: 'N',
    help: 'findings that are shown as text, worst first, of each rule three at most',
    default: 'all',
    parse: parse.positive,
  },
  fix: {
    value: 'OUT',
    help: 'mends what can be mended without guessing into a new file, and shows the difference; what remains is checked',
    parse: parse.text,
  },
  port: {
    value: 'N',
    help: 'port of the page, on this machine alone',
    default: '8348, or another that is free',
    parse: parse.count,
  },
  open: toSwitch('open the page in the browser'),
  html: {
    value: 'FILE',
    help: 'write a page of these rows, one file that needs nothing else, to send to others',
    parse: parse.text,
  },
  json: toSwitch('one JSON object a line'),
  no_cache: toSwitch('build the tokenizer’s tables anew and keep no copy of them'),
  debug: toSwitch('show the stack of an unexpected error'),
}
