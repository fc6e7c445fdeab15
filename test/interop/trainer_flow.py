"""When transformers logs, evaluates and saves: {"options", "steps", "steps_per_epoch"} → a list of [log, evaluate, save] for each step."""

import json
import sys
import tempfile
import warnings

warnings.simplefilter("ignore")

from transformers import TrainerControl, TrainerState, TrainingArguments
from transformers.trainer_callback import DefaultFlowCallback


def run(options, steps, steps_per_epoch, work):
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


for line in sys.stdin:
    with tempfile.TemporaryDirectory() as work:
        print(json.dumps(run(**json.loads(line), work=work)))
