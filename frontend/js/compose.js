// The composer: a live preview, drafts that save themselves, pictures. All of it works without this script too.
import htmx from 'htmx.org'

import { ask, composed, token, written } from './compose-form.js'
import { channels } from './compose-channels.js'
import { media } from './compose-media.js'
import { saveByItself } from './compose-saving.js'

// The content security policy allows neither inline styles nor code in attributes.
htmx.config.includeIndicatorStyles = false
htmx.config.allowEval = false
htmx.config.historyEnabled = false

const LULL = 1500 // what is read out waits until nobody types

export function compose (form, kept) {
  form.classList.add('moot-composer--live')
  if (form.dataset.autosave) saveByItself(form, kept)
  media(form)
  preview(form)
  card(form)
  channels(form)
}

function preview (form) {
  const part = document.getElementById('preview')
  form.addEventListener('htmx:configRequest', (event) => {
    event.detail.headers['X-CSRFToken'] = token()
  })
  form.addEventListener('htmx:beforeSwap', (event) => {
    // After the session has ended the answer is the sign-in page.
    const came = new URL(event.detail.xhr.responseURL || location.href)
    if (came.pathname !== event.detail.pathInfo.requestPath) event.detail.shouldSwap = false
  })
  let timer
  document.body.addEventListener('htmx:afterSettle', () => {
    const told = part.querySelector('[data-said]')
    if (!told) return
    for (const place of form.querySelectorAll('.moot-media__part')) place.hidden = !told.dataset.thread
    clearTimeout(timer)
    timer = setTimeout(() => {
      const said = document.getElementById('preview-said')
      if (said.textContent !== told.dataset.said) said.textContent = told.dataset.said
    }, LULL)
  })
  part.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#id_text_"]')
    const field = link && document.getElementById(link.hash.slice(1))
    if (!field) return
    event.preventDefault()
    field.closest('details').open = true
    field.focus()
  })
}

function card (form) {
  const drop = form.querySelector('[data-card-drop]')
  const said = document.getElementById('card-said')
  form.querySelector('[data-card-fetch]').addEventListener('click', async (event) => {
    event.preventDefault()
    said.textContent = 'Fetching the link card…'
    try {
      const answer = await ask(form.dataset.card, written(form))
      const told = await answer.json()
      said.textContent = told.card ? `Link card: ${told.title}` : told.trouble.join(' ')
      if (told.card) put(told.card)
    } catch {
      said.textContent = 'The link card could not be fetched now. Try again.'
    }
  })
  drop.addEventListener('click', (event) => {
    event.preventDefault()
    said.textContent = 'Goes out without a link card.'
    put('')
    form.querySelector('[data-card-fetch]').focus()
  })
  function put (value) {
    form.elements.card.value = value
    drop.hidden = !value
    composed(form)
  }
}
