/** The user `nobody`. */
const NOBODY = 65534

/** Does the work as a user whom permissions hold back: root, as which tests run in containers, may read and write everything. */
export async function withoutPrivileges<Value>(work: () => Promise<Value>): Promise<Value> {
  if (process.getuid?.() !== 0) return work()
  process.seteuid!(NOBODY)
  try {
    return await work()
  } finally {
    process.seteuid!(0)
  }
}
