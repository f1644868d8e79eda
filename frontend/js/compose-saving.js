// A draft saves itself. Nothing here overwrites what somebody else wrote, and whatever happens is said.
import { ask, token, written } from './compose-form.js'
import { button } from './keep.js'

const QUIET = 2000
const LEFT_FIELD = 300
const LONGEST_WAIT = 30000
const SIGNED_OUT_WAIT = 5000
const KEEPALIVE_BYTES = 60000 // browsers send no more than 64 kB once a page is gone

export function saveByItself (form, kept) {
  const said = document.getElementById('saved')
  const trouble = document.getElementById('compose-trouble')
  let timer
  let isAsking = false
  let isHalted = false
  let failures = 0
  let pressed = null // the button that waits until the draft is saved
  let unanswered = '' // sent, and nobody knows whether it arrived: it is sent again before anything newer
  let saved = written(form)

  const isNew = () => written(form) !== saved

  function later (milliseconds) {
    clearTimeout(timer)
    if (!isHalted) timer = setTimeout(save, milliseconds)
  }

  for (const kind of ['input', 'change', 'composed']) form.addEventListener(kind, () => failures || later(QUIET))
  form.addEventListener('focusout', () => failures || (isNew() && later(LEFT_FIELD)))
  form.addEventListener('submit', (event) => {
    clearTimeout(timer)
    if (!navigator.onLine) {
      event.preventDefault()
      return lost('No connection. Your words are kept in this browser; send them once you are back.')
    }
    if (isAsking) {
      // The draft is being saved at this moment: sent beside it, the form would seem to come from somebody else.
      event.preventDefault()
      pressed = event.submitter
      return
    }
    isHalted = true
  })
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload() // from the browser's memory: it may have been saved since
  })
  addEventListener('online', () => later(0))
  document.addEventListener('visibilitychange', () => document.hidden && !failures && isNew() && save())

  async function save () {
    clearTimeout(timer)
    if (isAsking || isHalted || (!isNew() && !unanswered)) return
    const body = unanswered || written(form)
    isAsking = true
    try {
      const seenAt = new URLSearchParams({ seen_at: form.elements.seen_at.value })
      await take(await ask(form.dataset.autosave, `${body}&${seenAt}`, { keepalive: body.length < KEEPALIVE_BYTES }), body)
    } catch {
      unanswered = body
      lost('No connection. Your words are kept in this browser; we try again.')
    }
    isAsking = false
    if (pressed && !failures && !isHalted) form.requestSubmit(pressed)
    pressed = null
  }

  async function take (answer, body) {
    if (answer.status === 401 || answer.type === 'opaqueredirect') return signedOut()
    if (answer.status >= 500 || answer.status === 403 || answer.status === 404) {
      unanswered = answer.status >= 500 ? body : ''
      return lost('Moothall did not take this. Your words are kept in this browser; we try again.')
    }
    const told = await answer.json()
    unanswered = ''
    failures = 0
    if (answer.ok) return tookIt(told, body)
    if (answer.status === 409) return conflict(told)
    say(told.trouble.join(' '), !told.is_closed)
    if (told.is_closed) halt(told.trouble.join(' '), [])
  }

  function tookIt (told, body) {
    saved = body
    form.elements.seen_at.value = told.seen_at
    form.elements.csrfmiddlewaretoken.value = token()
    if (!form.elements.post.value) settle(told)
    if (isNew()) return later(QUIET)
    kept.forget()
    say(told.saved)
  }

  // A new post has its own address from now on: a reload, and the form's own buttons, are about it.
  function settle (told) {
    const had = written(form)
    form.elements.post.value = told.post
    if (saved === had) saved = written(form)
    else saved = saved.replace(/(^|&)post=(?=&|$)/, `$1post=${told.post}`)
    form.action = told.edit_url
    kept.rename(`post-${told.post}`)
    history.replaceState(null, '', told.edit_url)
  }

  function lost (words) {
    failures += 1
    say(words, true)
    timer = setTimeout(save, Math.min(1000 * 2 ** failures, LONGEST_WAIT))
  }

  function signedOut () {
    failures += 1
    say('You were signed out. Sign in in another window; we go on saving then. Your words are kept in this browser.', true)
    timer = setTimeout(save, SIGNED_OUT_WAIT)
  }

  function conflict (told) {
    say('Not saved', true)
    const look = document.createElement('a')
    look.className = 'govuk-link'
    look.href = told.post_url
    look.target = '_blank'
    look.textContent = 'Look at theirs (opens a new window)'
    halt(told.words, [
      look,
      button('Replace theirs with mine', () => {
        form.elements.seen_at.value = told.seen_at
        if (!form.elements.post.value) settle(told)
        trouble.replaceChildren()
        isHalted = false
        saved = ''
        save()
      })
    ])
  }

  function halt (words, ways) {
    isHalted = true
    const box = document.createElement('div')
    box.className = 'moot-notice moot-notice--amber'
    box.setAttribute('role', 'alert')
    const body = document.createElement('div')
    body.className = 'moot-notice__body'
    const line = document.createElement('p')
    line.textContent = words
    const buttons = document.createElement('div')
    buttons.className = 'moot-buttons'
    buttons.append(...ways)
    body.append(line, buttons)
    box.append(body)
    trouble.replaceChildren(box)
  }

  function say (words, isTrouble = false) {
    said.classList.toggle('moot-saved--trouble', isTrouble)
    if (said.textContent !== words) said.textContent = words // the same again would be read out again
  }
}
