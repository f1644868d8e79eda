// Choosing channels in the composer: what is asked of one comes once it is chosen, and a long list is searched.
import { composed } from './compose-form.js'

const LULL = 800 // what is read out waits until nobody types
const boxes = (part) => [...part.querySelectorAll('input[name^="channel_"]')]
const rowOf = (box) => box.closest('.moot-channel')

export function channels (form) {
  const part = document.getElementById('channels')
  const count = finder(part)
  part.addEventListener('change', (event) => {
    if (!event.target.name?.startsWith('channel_')) return
    if (event.target.checked) service(form, event.target)
    details(part, event.target)
    count()
  })
  const missing = () => boxes(part).filter((box) => box.checked).forEach((box) => details(part, box))
  missing() // a browser that reloads may have ticked what it remembers
  addEventListener('online', missing)
  form.addEventListener('kept', (event) => putBack(form, part, event.detail))
}

// Whoever has not said for which service most likely means the one whose channel they choose first.
function service (form, box) {
  const select = form.elements.service
  if (!select.value) select.value = rowOf(box).dataset.service
}

const coming = new Set()
const awaited = new Map() // words for fields that are still to come

// The fields of a channel. They stay, out of sight, when it is chosen no longer: its words are there if it is again.
function details (part, box) {
  const row = rowOf(box)
  const there = row.querySelector('details')
  if (there) there.hidden = !box.checked
  if (there || !box.checked || coming.has(row)) return
  coming.add(row)
  fetched(part, box, row).finally(() => coming.delete(row))
}

async function fetched (part, box, row) {
  row.querySelector('.moot-channel__trouble')?.remove()
  const address = part.dataset.details.replace(/0\/$/, `${box.name.split('_')[1]}/`)
  try {
    const answer = await fetch(address, { redirect: 'manual' }) // signed out, it would be the sign-in page
    if (answer.ok) {
      row.insertAdjacentHTML('beforeend', await answer.text())
      arrived(row, box)
      return
    }
  } catch {
    // no connection: the same is said as of any other trouble
  }
  const words = document.createElement('p')
  words.className = 'moot-channel__trouble'
  words.setAttribute('role', 'status')
  words.textContent = 'Its own fields did not come. The channel is chosen; untick it and tick it to ask again.'
  row.append(words)
}

function arrived (row, box) {
  row.querySelector('details').hidden = !box.checked
  const field = row.querySelector('textarea')
  if (!awaited.has(field.name)) return
  field.value = awaited.get(field.name)
  field.closest('details').open = true
  composed(field.form)
}

// Words that were kept for a channel which the saved post does not choose.
function putBack (form, part, { name, value }) {
  const box = form.elements[name.replace(/^text_/, 'channel_')]
  awaited.set(name, value)
  box.checked = true
  details(part, box)
}

// A box to type in, above a long list. Chosen channels stay in sight, whatever is looked for. Gives what counts them.
function finder (part) {
  const said = document.getElementById('channels-said')
  const box = document.getElementById('find-channel')
  if (!box) return () => {}
  const list = document.getElementById('channel-list')
  const rows = boxes(part).map((tick) => {
    const row = rowOf(tick)
    return { row, tick, words: plain(row.textContent) }
  })
  let timer
  let matching = ''
  function look () {
    const wanted = plain(box.value).split(' ').filter(Boolean)
    const found = rows.filter(({ words }) => wanted.every((each) => words.includes(each)))
    for (const each of rows) each.row.hidden = !found.includes(each) && !each.tick.checked
    matching = wanted.length ? `${found.length || 'None'} of ${rows.length} match. ` : ''
    if (found.length) list.scrollTop = found[0].row.offsetTop - list.offsetTop // chosen ones above may fill the list
    count()
  }
  function count () {
    const chosen = rows.filter(({ tick }) => tick.checked).length
    clearTimeout(timer)
    timer = setTimeout(() => { said.textContent = `${matching}${chosen || 'None'} of ${rows.length} chosen.` }, LULL)
  }
  for (const kind of ['input', 'change']) {
    box.addEventListener(kind, (event) => {
      event.stopPropagation() // it is no part of the post
      if (kind === 'input') look()
    })
  }
  box.addEventListener('keydown', (event) => event.key === 'Enter' && event.preventDefault())
  box.closest('[hidden]').hidden = false
  look()
  return count
}

// As one types it: without accents, in small letters.
function plain (text) {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/g, ' ').trim()
}
