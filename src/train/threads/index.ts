export { paysToThread, ThreadedAdamW } from './threaded-adamw.ts'
