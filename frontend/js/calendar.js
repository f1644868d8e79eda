// Moving posts in the calendar, with the mouse or the keyboard. Without this script, each post's "Move" leads to a page
// that does the same. The server decides: what it refuses goes back where it was, with the reason.

const REFUSED_BY_THE_LINE =
  'That did not work: the connection is lost, or you were signed out. Nothing was moved. Reload the page.'

export function calendar (part) {
  const state = { part, moving: null, target: null, dragging: false, said: liveRegion() }
  prepare(state)
  part.addEventListener('keydown', (event) => pressed(state, event))
  part.addEventListener('click', (event) => clicked(state, event))
  part.addEventListener('focusout', (event) => left(state, event))
  part.addEventListener('dragstart', (event) => lifted(state, event))
  part.addEventListener('dragover', (event) => over(state, event))
  part.addEventListener('drop', (event) => dropped(state, event))
  part.addEventListener('dragend', () => finish(state))
}

function prepare (state) {
  for (const hint of state.part.querySelectorAll('[data-with-script]')) hint.hidden = false
  for (const item of state.part.querySelectorAll('[data-move]')) item.draggable = true
  for (const control of state.part.querySelectorAll('[data-move-control]')) control.setAttribute('role', 'button')
}

function liveRegion () {
  const made = document.createElement('p')
  made.id = 'calendar-live'
  made.className = 'govuk-visually-hidden'
  made.setAttribute('aria-live', 'assertive')
  document.getElementById('main-content').append(made)
  return made
}

// --- With the keyboard ----------------------------------------------------------------------------------------------

function clicked (state, event) {
  const control = event.target.closest('[data-move-control]')
  // A click with a modifier opens the page, in a new tab say.
  if (!control || event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  const item = control.closest('[data-move]')
  if (state.moving === item) drop(state)
  else pickUp(state, item)
}

function pressed (state, event) {
  const item = event.target.closest('[data-move]')
  if (!item || event.ctrlKey || event.metaKey || event.altKey) return
  if (state.moving !== item) {
    const asked = event.target.matches('[data-move-control]') && (event.key === ' ' || event.key === 'Enter')
    if (!asked && event.key.toLowerCase() !== 'm') return
    event.preventDefault()
    pickUp(state, item)
    return
  }
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key]
  if (step) go(state, ...step)
  else if (event.key === 'Enter' || event.key === ' ') drop(state)
  else if (event.key === 'Escape') putBack(state)
  else return
  event.preventDefault()
}

function pickUp (state, item) {
  finish(state)
  state.moving = item
  state.target = item.closest('[data-cell]')
  state.part.classList.add('is-moving')
  item.classList.add('is-moving')
  item.querySelector('[data-move-control]').focus()
  const ways = isByHour(state) ? 'Left and right change the day, up and down the hour.' : 'The arrow keys change the day.'
  mark(state)
  say(state, `Moving “${title(item)}”, ${item.dataset.words}. ${ways} Enter drops it, Escape puts it back.`)
}

function go (state, days, hours) {
  const next = neighbour(state, days, hours)
  if (!next) {
    say(state, 'No further on this page. To go on, press Escape and choose another day, week or month.')
    return
  }
  state.target = next
  mark(state)
  next.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  say(state, words(state, next))
}

function neighbour (state, days, hours) {
  const cells = [...state.part.querySelectorAll('[data-cell]')]
  if (!isByHour(state)) return cells[cells.indexOf(state.target) + days + 7 * hours]
  const { day, time, which } = state.target.dataset
  const ofDay = (wanted) => cells.filter((cell) => cell.dataset.day === wanted)
  if (hours) return ofDay(day)[ofDay(day).indexOf(state.target) + hours]
  const all = [...new Set(cells.map((cell) => cell.dataset.day))]
  const beside = ofDay(all[all.indexOf(day) + days]).filter((cell) => cell.dataset.time === time)
  return beside.find((cell) => cell.dataset.which === which) ?? beside[0]
}

function words (state, cell) {
  const time = timeIn(state.moving, cell)
  return isByHour(state) ? `${cell.dataset.words}: ${time}` : `${cell.dataset.words}, ${time}`
}

function putBack (state) {
  const item = state.moving
  finish(state)
  say(state, `Put back: “${title(item)}” stays at ${item.dataset.words}.`)
}

function left (state, event) {
  if (state.moving && !state.dragging && !state.moving.contains(event.relatedTarget)) putBack(state)
}

// --- With the mouse -------------------------------------------------------------------------------------------------

function lifted (state, event) {
  const item = event.target.closest('[data-move]')
  if (!item) return
  event.dataTransfer.setData('text/plain', title(item))
  event.dataTransfer.effectAllowed = 'move'
  state.dragging = true
  state.moving = item
  state.target = item.closest('[data-cell]')
  item.classList.add('is-moving')
}

function over (state, event) {
  const cell = event.target.closest('[data-cell]')
  if (!state.moving || !cell) return
  event.preventDefault()
  state.target = cell
  mark(state)
}

function dropped (state, event) {
  if (!state.moving || !event.target.closest('[data-cell]')) return
  event.preventDefault()
  drop(state)
}

// --- Asking the server ----------------------------------------------------------------------------------------------

function drop (state) {
  const { moving: item, target } = state
  const from = item.closest('[data-cell]')
  finish(state)
  if (target === from) {
    say(state, `Put back: “${title(item)}” stays at ${item.dataset.words}.`)
    return
  }
  const { day, which = '' } = target.dataset
  const goBack = put(item, target)
  send(state, item, { day, time: timeIn(item, target), which: isByHour(state) ? which : '' }, goBack)
}

// Shows the item where it is to go, before the server has said yes. Returns how to take that back.
function put (item, cell) {
  const place = document.createComment('')
  item.replaceWith(place)
  cell.append(item)
  return () => place.replaceWith(item)
}

async function send (state, item, fields, goBack = () => {}) {
  item.setAttribute('aria-busy', 'true')
  const answer = await ask(state, item.dataset.move, fields)
  item.removeAttribute('aria-busy')
  if (answer.said) {
    await renew(state, item.dataset.post)
    notice('green', answer.said, answer.undo ? [button('Undo', () => send(state, item, answer.undo))] : [])
    return
  }
  goBack()
  const offers = (answer.offers ?? []).map((each) =>
    button(`Move it to ${each.words}`, () => send(state, item, each.fields))
  )
  notice('amber', `Not moved. ${answer.refused}`, offers, () => focusOn(state, item.dataset.post))
}

async function ask (state, address, fields) {
  try {
    const response = await fetch(address, {
      method: 'POST',
      keepalive: true, // the move is made though one leaves the page at once
      headers: {
        Accept: 'application/json',
        'X-CSRFToken': state.part.querySelector('[name=csrfmiddlewaretoken]').value
      },
      body: new URLSearchParams(fields)
    })
    const answer = await response.json()
    return answer.said || answer.refused ? answer : { refused: REFUSED_BY_THE_LINE }
  } catch {
    return { refused: REFUSED_BY_THE_LINE }
  }
}

// The page as the server now has it: sorted, with clashes and gaps counted anew.
async function renew (state, post) {
  try {
    const response = await fetch(location.href, { headers: { Accept: 'text/html' } })
    const page = new DOMParser().parseFromString(await response.text(), 'text/html')
    const next = page.getElementById(state.part.id)
    if (next) state.part.innerHTML = next.innerHTML
    prepare(state)
  } catch {
    // The move is made; the page shows it where it was dropped.
  }
  focusOn(state, post)
}

function focusOn (state, post) {
  state.part.querySelector(`[data-post="${post}"] [data-move-control]`)?.focus()
}

// --- Showing and saying ---------------------------------------------------------------------------------------------

function mark (state) {
  for (const cell of state.part.querySelectorAll('.is-target')) cell.classList.remove('is-target')
  state.target.classList.add('is-target')
}

function finish (state) {
  for (const marked of state.part.querySelectorAll('.is-target, .is-moving')) {
    marked.classList.remove('is-target', 'is-moving')
  }
  state.part.classList.remove('is-moving')
  state.moving = state.target = null
  state.dragging = false
}

function isByHour (state) {
  return Boolean(state.part.querySelector('[data-cell][data-time]'))
}

// In an hour a post keeps its minutes, on another day its time.
function timeIn (item, cell) {
  const own = item.dataset.time
  return cell.dataset.time ? `${cell.dataset.time.slice(0, 2)}:${own.slice(3)}` : own
}

function title (item) {
  return item.querySelector('.moot-planned__words').textContent.trim()
}

function say (state, text) {
  state.said.textContent = text
}

function notice (tone, text, buttons, then) {
  const box = document.createElement('div')
  box.className = `moot-notice moot-notice--${tone}`
  const body = document.createElement('div')
  body.className = 'moot-notice__body'
  const sentence = document.createElement('p')
  sentence.className = 'govuk-body'
  sentence.textContent = text
  body.append(sentence)
  if (buttons.length) {
    const row = document.createElement('div')
    row.className = 'moot-buttons'
    row.append(...buttons)
    body.append(row)
  }
  box.append(body)
  document.getElementById('calendar-said').replaceChildren(box)
  then?.()
}

function button (label, act) {
  const made = document.createElement('button')
  made.type = 'button'
  made.className = 'govuk-button govuk-button--secondary'
  made.textContent = label
  made.addEventListener('click', act, { once: true })
  return made
}
