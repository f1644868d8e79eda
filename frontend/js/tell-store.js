// What was told and not sent yet, with its pictures, kept on this phone in IndexedDB.
const NAME = 'moothall-tell'
const DRAFTS = 'drafts'

function open () {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(DRAFTS, { keyPath: 'once' })
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

// Runs one request in a transaction of its own; resolves once that is on the disk.
async function run (mode, ask) {
  const database = await open()
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(DRAFTS, mode)
      const request = ask(transaction.objectStore(DRAFTS))
      transaction.oncomplete = () => resolve(request.result)
      transaction.onerror = transaction.onabort = () => reject(transaction.error)
    })
  } finally {
    database.close()
  }
}

export const save = (draft) => run('readwrite', (drafts) => drafts.put(draft))

export const drop = (once) => run('readwrite', (drafts) => drafts.delete(once))

// The drafts of one person, oldest first: a phone may have several owners.
export async function all (person) {
  const found = await run('readonly', (drafts) => drafts.getAll())
  return found.filter((draft) => draft.person === person).sort((a, b) => (a.fields.told_at < b.fields.told_at ? -1 : 1))
}
