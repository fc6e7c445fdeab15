import { join } from 'node:path'
import { writeFileWhole } from '../../../dataset/index.ts'
import type { KeptEvent } from '../event.ts'
import type { LogWriter } from '../log-writer.ts'
import { toTrainReport } from './report.ts'

const REPORT = 'report.html'

/** `report.html`, written anew after each evaluation and at the end: who opens it again sees how far the run has come. */
export const reportPage: LogWriter = {
  name: 'report',
  summary: `${REPORT}: curves, answers, the mask of some rows, the options`,
  always: true,
  open: async ({ folder, start, earlier, tokenizer }) => {
    const events: KeptEvent[] = [...earlier]
    const writePage = async (): Promise<void> => {
      const page = toTrainReport(start, events, tokenizer)
      await writeFileWhole(join(folder, REPORT), [Buffer.from(page)])
    }
    return {
      write: async event => {
        events.push(event)
        if (event.kind !== 'log') await writePage()
      },
      close: writePage,
    }
  },
}
