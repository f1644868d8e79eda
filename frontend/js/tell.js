// Telling the desk from a phone with a bad line: what was told is kept on the phone first, and sent when it can be.
// Without this script the form is sent as it is.
import { pictures } from './tell-pictures.js'
import { Offline, Refused, SignedOut, name, send } from './tell-sending.js'
import { all, drop, save } from './tell-store.js'

const AGAIN_SECONDS = 20
const SENT = 'Sent. The desk has it.'
const KEPT = 'Kept on this phone: not sent yet.'
const SKIP = new Set(['csrfmiddlewaretoken', 'once', 'photo', 'pictures', 'alt'])

export async function tell (form) {
  const person = form.dataset.person
  try {
    await all(person)
  } catch {
    return // this browser keeps nothing, as in a private window: the form works as it is
  }
  const chosen = pictures(form)
  const list = kept(form, person)
  await restore(form, person, chosen)
  let waiting
  form.addEventListener('input', () => {
    clearTimeout(waiting)
    waiting = setTimeout(() => save(draft(form, chosen, 'typing')).catch(() => {}), 500)
  })
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    clearTimeout(waiting)
    const told = draft(form, chosen, 'kept')
    const missing = lacks(told)
    say(form, missing)
    if (missing) return
    await save(told)
    form.reset()
    form.elements.once.value = name()
    chosen.clear()
    say(form, '')
    list.show(told)
    await list.flush()
  })
  const again = () => list.flush()
  window.addEventListener('online', again)
  document.addEventListener('visibilitychange', () => document.hidden || again())
  setInterval(again, AGAIN_SECONDS * 1000)
  await again()
}

function say (form, words) {
  form.querySelector('[data-tell-status]').textContent = words
}

// What the desk would ask back for, asked at once: without a line nobody else can.
function lacks (told) {
  if (!told.fields.words?.trim() && !told.photos.length) return 'Say what happened, or add a picture.'
  if (told.photos.length && !told.fields.people) return 'Say whether somebody can be recognised in the pictures.'
  return ''
}

function draft (form, chosen, state) {
  const fields = {}
  for (const [field, value] of new FormData(form)) {
    if (!SKIP.has(field) && typeof value === 'string') fields[field] = value
  }
  fields.told_at = new Date().toISOString()
  const { pathname, search } = window.location
  const photos = chosen.all()
  return { once: form.elements.once.value, person: form.dataset.person, url: pathname + search, fields, photos, state }
}

// What was being typed when the page went away comes back, under a name of its own: another window may have it too.
async function restore (form, person, chosen) {
  const here = window.location.pathname
  const typed = (await all(person)).find((each) => each.state === 'typing' && each.url.split('?')[0] === here)
  if (!typed) return
  form.elements.once.value = name()
  for (const [field, value] of Object.entries(typed.fields)) {
    const control = form.elements[field]
    if (control && field !== 'told_at') control.value = value
  }
  typed.photos.forEach((photo) => chosen.add(photo))
  await save(draft(form, chosen, 'typing'))
  await drop(typed.once)
}

// The list of what is on this phone, and its sending.
function kept (form, person) {
  const section = document.querySelector('[data-tell-kept]')
  const rows = section.querySelector('[data-tell-list]')
  const shown = new Map()

  function row (told) {
    if (shown.has(told.once)) return shown.get(told.once)
    const element = document.createElement('li')
    element.className = 'moot-rows__row'
    const title = document.createElement('p')
    title.className = 'govuk-body moot-break'
    title.textContent = told.fields.words?.trim().slice(0, 80) || `${told.photos.length} pictures`
    const words = document.createElement('p')
    words.className = 'moot-quiet'
    words.setAttribute('role', 'status')
    element.append(title, words)
    rows.append(element)
    section.hidden = false
    const made = {
      say: (sentence) => {
        if (words.textContent !== sentence) words.textContent = sentence
      },
      offer: (...buttons) => {
        element.querySelector('.moot-spread')?.remove()
        if (!buttons.length) return
        const line = document.createElement('div')
        line.className = 'moot-spread'
        line.append(...buttons)
        element.append(line)
      },
      remove: () => {
        element.remove()
        shown.delete(told.once)
        section.hidden = !shown.size
      }
    }
    shown.set(told.once, made)
    return made
  }

  async function one (told) {
    const line = row(told)
    line.say('Sending…')
    try {
      await send(told, form.dataset.picture, save)
    } catch (trouble) {
      if (trouble instanceof Refused) {
        told.state = 'stopped'
        told.trouble = trouble.message
        await save(told)
        stopped(told, line)
        return true
      }
      line.say(trouble instanceof SignedOut ? `${KEPT} ${trouble.message}` : KEPT)
      if (trouble instanceof Offline || trouble instanceof SignedOut) return false
      throw trouble
    }
    await drop(told.once)
    line.say(SENT)
    return true
  }

  // The desk would not have it as it is: only the person can say what becomes of it.
  function stopped (told, line) {
    line.say(`Not taken: ${told.trouble}`)
    line.offer(
      button('Send it again', async () => {
        told.state = 'kept'
        told.photos.forEach((photo) => { photo.sent = false }) // the house may have given them up; each comes once
        line.offer()
        await save(told)
        await flush()
      }),
      button('Throw it away', async () => {
        await drop(told.once)
        line.remove()
      })
    )
  }

  async function everything () {
    for (const told of await all(person)) {
      if (told.state === 'stopped') stopped(told, row(told))
      if (told.state !== 'kept') continue
      if (!(await one(told))) break
    }
    const left = await all(person)
    for (const told of left) if (told.state === 'kept' && !shown.has(told.once)) row(told).say(KEPT)
    const here = new Set(left.map((told) => told.once))
    for (const [once, line] of shown) if (!here.has(once)) line.say(SENT) // by another window, perhaps
  }

  let turn = Promise.resolve()
  function flush () {
    turn = turn.then(() => onlyHere(everything)).catch(() => {})
    return turn
  }
  // Whoever has just pressed the button is at the foot of the page, and the list at its head.
  function show (told) {
    row(told).say('Sending…')
    section.scrollIntoView({ block: 'center' })
  }
  return { flush, show }
}

// One window of this browser sends at a time.
function onlyHere (work) {
  if (!navigator.locks) return work()
  return navigator.locks.request('moothall-tell', { ifAvailable: true }, (lock) => (lock ? work() : undefined))
}

function button (words, act) {
  const made = document.createElement('button')
  made.type = 'button'
  made.className = 'moot-link-button'
  made.textContent = words
  made.addEventListener('click', act)
  return made
}
