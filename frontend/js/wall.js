// The wall of a live event: what is said comes by a stream. Without this script the page is a snapshot that loads again.
import { Announcer } from './wall-announcer.js'
import { Items } from './wall-items.js'

const POLL_SECONDS = 10
const CLOSED_SECONDS = [2, 30]
const SPREAD_MS = 3000

const list = document.getElementById('wall-items')
const options = JSON.parse(list.dataset.wall)
const announcer = new Announcer(document.getElementById('wall-say'))
const items = new Items(list, options, announcer)
let source = null
let tries = 0

// --- The stream ---

function open () {
  if (!window.EventSource) {
    later(load, POLL_SECONDS * 1000)
    return
  }
  const query = new URLSearchParams({ after: options.last })
  if (options.token) query.set('token', options.token)
  source = new EventSource(`${options.stream}?${query}`)
  source.onopen = () => { tries = 0 }
  source.onerror = () => {
    // A browser comes back by itself unless it was refused: then it needs a new token, or the server is not there.
    if (source.readyState === EventSource.CLOSED) loadLater()
  }
  for (const kind of ['show', 'update']) {
    source.addEventListener(kind, (event) => {
      note(event)
      items.take(JSON.parse(event.data), kind === 'show')
    })
  }
  source.addEventListener('remove', (event) => {
    note(event)
    items.remove(JSON.parse(event.data).item)
  })
  source.addEventListener('counters', (event) => around(JSON.parse(event.data)))
  source.addEventListener('reload', () => {
    source.close()
    later(load, Math.random() * SPREAD_MS) // everybody was told so at once
  })
}

function note (event) {
  options.last = Number(event.lastEventId) || options.last
}

function loadLater () {
  tries += 1
  const seconds = Math.min(CLOSED_SECONDS[1], CLOSED_SECONDS[0] * 2 ** (tries - 1))
  later(load, (0.5 + Math.random()) * seconds * 1000)
}

function later (what, milliseconds) {
  setTimeout(what, milliseconds)
}

// --- The snapshot: where the stream cannot go on from ---

async function load () {
  source?.close()
  try {
    const answer = await fetch(options.snapshot, { headers: { Accept: 'application/json' } })
    if (!answer.ok) throw new Error(String(answer.status))
    const snapshot = await answer.json()
    options.last = snapshot.last
    options.token = snapshot.token ?? ''
    items.replace(snapshot.items)
    around(snapshot.around)
    tries = window.EventSource ? tries : 0
    open()
  } catch {
    loadLater()
  }
}

// --- What stands around the items ---

function around (parts) {
  for (const [id, html] of Object.entries(parts)) {
    const part = document.getElementById(id)
    if (part && part.dataset.shown !== html) {
      part.innerHTML = html
      part.dataset.shown = html
    }
  }
}

function clock () {
  const face = document.getElementById('wall-clock')
  if (!face) return
  const tell = () => {
    face.textContent = new Date().toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: options.zone })
  }
  tell()
  setInterval(tell, 1000)
}

const page = new URLSearchParams(location.search).get('page') ?? '1'
if (page === '1') {
  items.begin()
  open()
}
clock()
