/** What the page calls the options of the command line that it has. */
const LABELS: Readonly<Record<string, string>> = {
  ...{
    tokenizer: 'Tokenizer',
    mask: 'Mask',
    compare: 'Other mask',
    turns: 'Turns',
    unroll: 'Unroll',
    roles: 'Roles',
  },
  ...{ 'chat-template': 'Template', 'chat-template-kwargs': 'Variables', 'train-on-eot': 'Train on EOT' },
  ...{ 'response-template': 'Response template', 'instruction-template': 'Instruction template' },
}

/** A text in which options are named as on the command line, with the page's own names for those that stand on it. */
export function toPageWords(text: string): string {
  return text.replace(/--([a-z]+(?:-[a-z]+)*)/g, (flag, name: string) =>
    LABELS[name] === undefined ? flag : `“${LABELS[name]}”`,
  )
}
