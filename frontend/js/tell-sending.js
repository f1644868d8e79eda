// Sends what was told: each picture by itself, then the words that name them. Everything has a name of its own, so what
// is sent again because the answer was lost arrives once.

export class Offline extends Error {}
export class SignedOut extends Error {}
export class Refused extends Error {}

const TOO_LARGE = 'A picture is too large. Save a smaller copy and choose that.'
const SIGNED_OUT = 'You are signed out. Sign in again and come back to this page; it stays on this phone until then.'

// Made of random bytes: crypto.randomUUID is for https alone.
export function name () {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

// `kept` is called after each step that need not be done again.
export async function send (draft, pictureUrl, kept) {
  for (const photo of draft.photos) {
    if (photo.sent) continue
    await post(pictureUrl, { once: photo.once, alt: photo.alt, file: photo.file, person: draft.person })
    photo.sent = true
    await kept(draft)
  }
  const pictures = draft.photos.map((photo) => photo.once).join(',')
  await post(draft.url, { ...draft.fields, once: draft.once, pictures, person: draft.person })
}

async function post (url, values) {
  const data = new FormData()
  for (const [field, value] of Object.entries(values)) data.set(field, value)
  let answer
  try {
    answer = await fetch(url, {
      method: 'POST',
      body: data,
      headers: { Accept: 'application/json', 'X-CSRFToken': token() },
      redirect: 'manual'
    })
  } catch {
    throw new Offline()
  }
  if (answer.ok) return
  if (answer.status === 422) throw new Refused((await answer.json()).trouble.join(' '))
  if (answer.status === 413) throw new Refused(TOO_LARGE)
  if (answer.type === 'opaqueredirect' || [401, 403, 409].includes(answer.status)) {
    const said = await answer.json().then((content) => [content.trouble].flat().join(' ')).catch(() => '')
    throw new SignedOut(answer.status === 409 ? said : SIGNED_OUT)
  }
  throw new Offline() // the server is in trouble of its own; it may be well again in a while
}

// As the cookie has it now: somebody may have signed in again since this page was made.
function token () {
  const cookie = document.cookie.split('; ').find((each) => each.startsWith('csrftoken='))
  return cookie ? cookie.slice('csrftoken='.length) : document.querySelector('[name=csrfmiddlewaretoken]').value
}
