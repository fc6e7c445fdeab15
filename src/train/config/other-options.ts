/** TRL's and transformers' options that change nothing here, and why: they are taken, and told. */
export const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  ...toReasons('rows are laid end to end without padding', 'pad_to_multiple_of', 'pad_token'),
  ...toReasons(
    'batches are made in no time of their own',
    ...named('dataloader', 'num_workers prefetch_factor pin_memory persistent_workers'),
  ),
  ...toReasons('the loss is the mean over all trained tokens of a step', 'average_tokens_across_devices'),
  ...toReasons('training is deterministic in any case', 'full_determinism'),
  ...toReasons(
    'tokens a second are told in any case',
    'include_tokens_per_second',
    'include_num_input_tokens_seen',
  ),
  ...toReasons('a loss that is not a number stops the training', 'logging_nan_inf_filter'),
  ...toReasons('lengths are known', 'length_column_name'),
  ...toReasons('only the columns of a conversation are read', 'remove_unused_columns', 'label_names'),
  ...toReasons('weights are written as safetensors in any case', 'save_safetensors'),
  ...toReasons('the command says what is done', 'do_train', 'do_eval', 'do_predict'),
  ...toReasons(
    'there is one process',
    'local_rank',
    'ddp_timeout',
    'save_on_each_node',
    'log_on_each_node',
    'log_level_replica',
  ),
  ...toReasons(
    'predictions are not kept',
    'prediction_loss_only',
    'eval_accumulation_steps',
    'eval_do_concat_batches',
  ),
  ...toReasons('what is read again is skipped', 'ignore_data_skip'),
  ...toReasons('it runs on the device that --device names', 'use_cpu', 'no_cuda', 'tf32'),
  ...toReasons('there is no kernel to choose', 'use_liger_kernel', 'liger_kernel_config'),
  ...toReasons('there is one way to compute layers a second time', 'gradient_checkpointing_kwargs'),
  ...toReasons('the command says how much it tells', 'log_level'),
  ...toReasons(
    'what early stopping counts is restored in any case',
    'restore_callback_states_from_checkpoint',
  ),
  ...toReasons('memory is estimated before the training', 'skip_memory_metrics'),
  ...toReasons(
    'there is one way to evaluate',
    'use_legacy_prediction_loop',
    'eval_use_gather_object',
    'jit_mode_eval',
  ),
}

/** What asks for nothing, where it is more than none and false: TRL's own defaults, which config files repeat. */
export const ASKS_NOTHING: Readonly<Record<string, readonly unknown[]>> = {
  dataset_text_field: ['text', 'messages'],
  hub_strategy: ['every_save'],
  fsdp_min_num_params: [0],
  ray_scope: ['last'],
  half_precision_backend: ['auto'],
  fp16_backend: ['auto'],
  fp16_opt_level: ['O1'],
  debug: ['', []],
  past_index: [-1],
  mp_parameters: [''],
  include_for_metrics: [[]],
  fsdp: ['', []],
  project: ['huggingface'],
  trackio_space_id: ['trackio'],
}

/** Names that options had in earlier versions of TRL and transformers. */
export const RENAMED: Readonly<Record<string, string>> = {
  max_seq_length: 'max_length',
  evaluation_strategy: 'eval_strategy',
  per_gpu_train_batch_size: 'per_device_train_batch_size',
  per_gpu_eval_batch_size: 'per_device_eval_batch_size',
}

/** TRL's and transformers' options that there are not, and what to do instead. */
export const NOT_HERE: Readonly<Record<string, string>> = {
  ...toReasons(
    'Lossline trains on one machine; train prepared data with TRL under accelerate',
    ...named('', 'deepspeed fsdp fsdp_config accelerator_config parallelism_config ddp_backend'),
    ...named('ddp', 'find_unused_parameters bucket_cap_mb broadcast_buffers'),
  ),
  ...toReasons(
    'nothing is uploaded; push the output with the hub client',
    'push_to_hub',
    ...named('hub', 'model_id strategy token private_repo always_push revision'),
  ),
  ...toReasons(
    'the model is read from its folder as it is',
    'model_init_kwargs',
    'trust_remote_code',
    'router_aux_loss_coef',
    'torch_compile',
    'torch_compile_backend',
    'torch_compile_mode',
  ),
  ...toReasons('name the template with {chat_template}', 'chat_template_path'),
  ...toReasons('name columns with {column_map}', 'dataset_text_field'),
  ...toReasons('the tokenizer folder says it', 'eos_token'),
  ...toReasons('prepare the data with lossline prepare, and name its folder', 'dataset_kwargs'),
  ...toReasons(
    'use {gradient_checkpointing} for less memory',
    'activation_offloading',
    'auto_find_batch_size',
    'torch_empty_cache_steps',
  ),
  ...toReasons('choose one with {optim}', 'adafactor', 'optim_target_modules'),
  ...toReasons(
    'metrics are loss, token accuracy and entropy',
    'include_for_metrics',
    'batch_eval_metrics',
    'include_inputs_for_metrics',
  ),
  ...toReasons('name another folder with {output_dir}, or delete it', 'overwrite_output_dir'),
  ...toReasons(
    'arithmetic is in float32',
    'bf16_full_eval',
    'fp16_full_eval',
    'fp16_opt_level',
    'half_precision_backend',
  ),
  ...toReasons(
    'there is no such device; name one with {device}',
    'use_mps_device',
    'tpu_num_cores',
    'tpu_metrics_debug',
  ),
  ...toReasons(
    'there is one process on one device',
    'fsdp_min_num_params',
    'fsdp_transformer_layer_cls_to_wrap',
    'mp_parameters',
    'ray_scope',
  ),
  ...toReasons('a loss that is not a number is told with its rows in any case', 'debug'),
  ...toReasons('models with a memory of past batches are not covered', 'past_index'),
  ...toReasons('logs go to tensorboard or wandb, see {report_to}', 'project', 'trackio_space_id'),
  ...toReasons('arithmetic is in float32', 'fp16_backend'),
  ...toReasons(
    'nothing is uploaded; push the output with the hub client',
    ...named('push_to_hub', 'model_id organization token'),
  ),
  ...toReasons('the graph is compiled in any case', 'torchdynamo'),
}

function toReasons(reason: string, ...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map(name => [name, reason]))
}

function named(prefix: string, words: string): string[] {
  return words.split(' ').map(word => (prefix === '' ? word : `${prefix}_${word}`))
}
