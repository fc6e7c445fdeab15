export { openNativeTokenizer } from './native-tokenizer.ts'
