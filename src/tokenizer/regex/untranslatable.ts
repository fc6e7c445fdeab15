/** A regular expression, or a step, that means something which ours can't do; the native package can. */
export class Untranslatable extends Error {
  override readonly name = 'Untranslatable'
}
