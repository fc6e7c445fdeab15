import { toLintJson } from '../lint/index.ts'
import type { TokenInFiles } from './files.ts'
import type { ModelReport, TemplateReport } from './report.ts'
import type { FoundShape } from './shape.ts'
import type { SwitchReport } from './switches.ts'
import type { ToolReport } from './tools.ts'
import type { AnswerEnd, RefusedTurn, ReportedToken, TurnReport } from './turn.ts'

/** The report as one document with stable keys; null where something isn't known. */
export function toModelJson({ hasTokenizer, files, templates, lint }: ModelReport, model: string): object {
  const { findings, not_run } = toLintJson(lint)
  return {
    model,
    tokenizer: hasTokenizer,
    files: {
      ...Object.fromEntries(files.tokens.map(token => [token.name, toTokenJson(token)])),
      vocabulary: { config: files.vocabulary.model ?? null, tokenizer: files.vocabulary.tokenizer ?? null },
      unused_templates: files.unusedTemplates.map(({ name, file }) => ({ name, file })),
    },
    templates: templates.map(toTemplateJson),
    findings,
    not_run,
  }
}

function toTokenJson({ generation, model, tokenizer }: TokenInFiles): object {
  return {
    generation_config: generation ?? null,
    config: model ?? null,
    tokenizer: tokenizer === undefined ? null : { token: tokenizer.text, id: tokenizer.id ?? null },
  }
}

function toTemplateJson(report: TemplateReport): object {
  const { name, file, chars, hasMarks, found, turns, stops, switches, rewritten, tools } = report
  return {
    name,
    file,
    chars,
    generation_marks: hasMarks,
    unusable: found.unusable ?? null,
    needs_tools: report.needsTools,
    takes: toTakesJson(found),
    turns: turns.map(toTurnJson),
    stops: stops.map(({ knownBy, turns, ...end }) => ({
      ...toEndJson(end),
      turns,
      known_by: {
        generation_config: knownBy.generation ?? null,
        config: knownBy.model ?? null,
        tokenizer: knownBy.tokenizer ?? null,
      },
    })),
    variables: switches.map(toSwitchJson),
    history_rewritten: rewritten.length > 0,
    history: rewritten.map(({ probe, message, written, later, lost }) => ({
      conversation: probe,
      message,
      lost,
      written,
      later,
    })),
    tools: tools.map(toToolJson),
  }
}

function toTakesJson({ shape, system, tools, calls, results }: FoundShape): object {
  const toAbility = (
    ability: FoundShape['tools'] | FoundShape['system'] | undefined,
  ): object | string | null => ability ?? null
  return {
    content: shape.content,
    system: toAbility(system),
    tools: toAbility(tools),
    calls: toAbility(calls),
    call_arguments: shape.calls?.arguments ?? null,
    results: toAbility(results),
    reasoning:
      shape.reasoning === undefined
        ? null
        : {
            key: shape.reasoning.key,
            in_answers: shape.reasoning.inAnswers,
            in_calls: shape.reasoning.inCalls,
          },
  }
}

function toTurnJson(turn: TurnReport | RefusedTurn): object {
  if ('refused' in turn) return { name: turn.name, refused: turn.refused }
  const { name, prompt, answer, end, startsWithPrompt } = turn
  return {
    name,
    prompt: { text: prompt.text, by: prompt.by, ids: toIds(prompt.tokens) },
    answer: { text: answer.map(({ text }) => text).join(''), tokens: answer.map(toReportedJson) },
    end: toEndJson(end),
    starts_with_prompt: startsWithPrompt,
  }
}

function toReportedJson({ id, text }: ReportedToken): object {
  return { id: id ?? null, text }
}

function toIds(tokens: readonly ReportedToken[]): readonly number[] | null {
  const ids = tokens.flatMap(({ id }) => id ?? [])
  return ids.length === tokens.length ? ids : null
}

function toEndJson({ text, id, by, next }: AnswerEnd): object {
  return { text, id: id ?? null, by, next: next ?? null }
}

function toSwitchJson({ name, same, effects }: SwitchReport): object {
  return {
    name,
    no_effect: same,
    effects: effects.map(({ values, refused, turns, before, history }) => ({
      values,
      refused: refused ?? null,
      turns: turns.map(toTurnJson),
      before: before ?? null,
      history:
        history === undefined ? null : { conversation: history.probe, was: history.was, is: history.is },
    })),
  }
}

function toToolJson(report: ToolReport): object {
  const { name, untold, answers, found, whole, otherTokens, kinds, refused, markers } = report
  return {
    name,
    untold: untold ?? null,
    answers,
    answers_trained: found,
    answers_trained_whole: whole,
    other_tokens_trained: otherTokens,
    kinds: kinds.map(({ kind, tokens, places }) => ({ kind, tokens, places })),
    refused:
      refused === undefined
        ? null
        : { conversations: refused.probes, conversation: refused.probe, reason: refused.reason },
    ...(markers !== undefined && {
      response_template: markers.response ?? null,
      instruction_template: markers.instruction ?? null,
    }),
  }
}
