import fc from 'fast-check'
import { nastyText } from '../../../test/interop/nasty.ts'
import { agreesWithPython, cases } from '../../../test/interop/python-oracle.ts'
import { escapeHtml, htmlEntities, striptags, unescapeHtml } from './markup.ts'

const entity = fc.constantFrom(
  ...[
    '&amp;',
    '&amp',
    '&lt',
    '&notit;',
    '&notin;',
    '&AMP',
    '&nope;',
    '&#65;',
    '&#x41',
    '&#0;',
    '&#x80;',
    '&#xd800;',
  ],
  ...[
    '&#1114112;',
    '&#xfffe;',
    '&#13;',
    '&#;',
    '&#x;',
    '&',
    '&hellip;',
    '&NotEqualTilde;',
    '&copy2',
    '&#99999999999999999999;',
  ],
)
const html = fc
  .array(
    fc.oneof(entity, nastyText, fc.constantFrom('<b>', '</b>', '<', '>', '<!--', '-->', '<!-->', ' \t\n')),
    { maxLength: 5 },
  )
  .map(parts => parts.join(''))

agreesWithPython('text is escaped as markupsafe does it', () =>
  cases(html).map(text => ({ fn: 'filter', args: ['e', text, [], {}], ours: () => escapeHtml(text) })),
)

agreesWithPython('tags are stripped as markupsafe does it', () =>
  cases(html, 4000).map(text => ({
    fn: 'filter',
    args: ['striptags', text, [], {}],
    ours: () => striptags(text),
  })),
)

agreesWithPython('entities are resolved as html.unescape does it', () =>
  cases(html, 4000).map(text => ({ fn: 'html.unescape', args: [text], ours: () => unescapeHtml(text) })),
)

agreesWithPython('every name and number of HTML is known as to html.unescape', () => {
  const codes = Array.from({ length: 0x110002 }, (_, code) => `&#${code};`).join('|')
  return [
    { fn: 'html.unescape', args: [codes], ours: () => unescapeHtml(codes) },
    {
      fn: 'html.entities',
      args: [],
      ours: () => new Map([...htmlEntities()].sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  ]
})
