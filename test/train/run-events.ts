import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KeptEvent, RunStart, TrainEvent } from '../../src/train/logs/index.ts'

export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'lossline-train-'))
}

export const START: RunStart = {
  kind: 'start',
  runName: 'stories & <chats>',
  config: {
    learning_rate: 0.0002,
    lora_target_modules: ['q_proj', 'v_proj'],
    output_dir: './out',
    report_to: ['all'],
  },
  modelConfig: { model_type: 'llama', hidden_size: 64 },
  step: 0,
  totalSteps: 60,
  trainedParameters: 26_112,
  allParameters: 286_144,
  rows: [{ where: 'chats.jsonl row 3', tokens: 4, inputIds: [0, 1, 2, 3], labels: [-100, -100, 2, 3] }],
}

/** What a run of so many steps writes: a log each 5 steps, an evaluation and answers each 20. */
export function makeEvents(steps: number): KeptEvent[] {
  const events: KeptEvent[] = []
  for (let step = 5; step <= steps; step += 5) {
    const epoch = step / 30
    const metrics = {
      loss: 3 * Math.exp(-step / 25) + 0.2 + 0.1 * Math.sin(step),
      grad_norm: 1 + Math.cos(step) / 3,
      learning_rate: 2e-4 * (1 - step / 60),
      entropy: 2 - step / 60,
      num_tokens: 512 * step,
      mean_token_accuracy: step / 70,
    }
    events.push({ kind: 'log', step, epoch, metrics })
    if (step % 20 === 0) {
      const loss = 3 * Math.exp(-step / 25) + 0.3
      const group = { tokens: 120, accuracy: 0.5, entropy: 1.5 }
      events.push(
        {
          kind: 'evaluation',
          step,
          epoch,
          metrics: { eval_loss: loss, eval_mean_token_accuracy: step / 80 },
          groups: [
            { by: 'role', name: 'assistant', loss, ...group },
            { by: 'role', name: 'tool', loss: loss * 1.3, ...group },
            { by: 'source', name: 'content', loss, ...group },
          ],
        },
        {
          kind: 'answers',
          step,
          epoch,
          answers: [
            { prompt: 'What is <b>snow</b>?', answer: 'It is white.', tokens: 5, stopped: 'stop-token' },
            {
              prompt: 'And\ncoal?',
              answer: 'It is is is',
              tokens: 32,
              stopped: step < 40 ? 'limit' : 'stop-token',
            },
          ],
        },
      )
    }
  }
  return events
}

export const END: TrainEvent = {
  kind: 'end',
  step: 60,
  epoch: 2,
  metrics: { train_runtime: 12.5, train_loss: 0.9 },
}
