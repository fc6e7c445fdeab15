"""What transformers' Trainer decides. One JSON object a line; what it answers depends on "do":

flow: {"options", "steps", "steps_per_epoch"} → a list of [log, evaluate, save] for each step.
best: {"metrics", "greater", "patience", "threshold"} → for each evaluation [is it the best, evaluations since a better one].
keep: {"steps", "best", "limit"} → which of the checkpoints are left.
"""

import json
import os
import sys
import tempfile
import warnings
from types import SimpleNamespace

warnings.simplefilter("ignore")

from transformers import EarlyStoppingCallback, Trainer, TrainerControl, TrainerState, TrainingArguments
from transformers.trainer_callback import DefaultFlowCallback


def flow(options, steps, steps_per_epoch, work):
    args = TrainingArguments(output_dir=work, use_cpu=True, report_to="none", **options)
    state = TrainerState(max_steps=steps)
    state.compute_steps(args, steps)
    callback, flags = DefaultFlowCallback(), []
    for step in range(1, steps + 1):
        control = TrainerControl()
        state.global_step, state.epoch = step, step / steps_per_epoch
        control = callback.on_step_end(args, state, control)
        if control.should_training_stop or step % steps_per_epoch == 0:
            control = callback.on_epoch_end(args, state, control)
        flags.append([control.should_log, control.should_evaluate, control.should_save])
    return flags


def best(metrics, greater, patience, threshold, work):
    args = TrainingArguments(
        output_dir=work, use_cpu=True, report_to="none", eval_strategy="steps", save_strategy="steps", load_best_model_at_end=True,
        metric_for_best_model="loss", greater_is_better=greater,
    )
    trainer = SimpleNamespace(args=args, state=TrainerState())
    callback, answers = EarlyStoppingCallback(patience, threshold), []
    for step, metric in enumerate(metrics):
        trainer.state.global_step = step + 1
        # The callback is told within the evaluation, before the best is looked for.
        callback.on_evaluate(args, trainer.state, TrainerControl(), {"eval_loss": metric})
        is_best = Trainer._determine_best_metric(trainer, {"eval_loss": metric}, None)
        answers.append([bool(is_best), callback.early_stopping_patience_counter])
    return answers


def keep(steps, best, limit, work):
    for step in steps:
        os.mkdir(f"{work}/checkpoint-{step}")
    state = TrainerState(best_model_checkpoint=None if best is None else f"{work}/checkpoint-{best}")
    trainer = SimpleNamespace(args=SimpleNamespace(save_total_limit=limit), state=state)
    trainer._sorted_checkpoints = lambda **options: Trainer._sorted_checkpoints(trainer, **options)
    Trainer._rotate_checkpoints(trainer, use_mtime=False, output_dir=work)
    return sorted(int(name.split("-")[1]) for name in os.listdir(work))


for line in sys.stdin:
    case = json.loads(line)
    with tempfile.TemporaryDirectory() as work:
        print(json.dumps({"flow": flow, "best": best, "keep": keep}[case.pop("do")](**case, work=work)))
