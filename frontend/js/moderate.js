// Deciding about a list of items with the keyboard. Keys count only while the focus is in the list; each of them presses
// a button that is there for everybody.
const BUTTONS = { a: 'allow', h: 'hide', o: 'hold', p: 'pin' }
const PLACE = 'moothall.moderate.place'

export function moderate (form) {
  const items = [...form.querySelectorAll('[data-item]')]
  for (const hint of form.querySelectorAll('[data-keys], [data-tick-all]')) hint.hidden = false
  form.querySelector('[data-tick-all]')?.addEventListener('click', () => tickAll(items))
  form.querySelector('[data-into]')?.addEventListener('click', () => items[0]?.focus())
  form.addEventListener('keydown', (event) => pressed(form, items, event))
  goBackToPlace(items)
}

function pressed (form, items, event) {
  const item = event.target.closest('[data-item]')
  const isTyping = event.target.matches('input:not([type=checkbox]), textarea, select')
  if (!item || isTyping || event.ctrlKey || event.metaKey || event.altKey) return
  const place = items.indexOf(item)
  const key = event.key.toLowerCase()
  if (key === 'j') items[Math.min(place + 1, items.length - 1)].focus()
  else if (key === 'k') items[Math.max(place - 1, 0)].focus()
  else if (key === 'x') item.querySelector('input[type=checkbox]')?.click()
  else if (key === 'u') press(document.querySelector('[data-undo] button'), place)
  else if (BUTTONS[key]) press(item.querySelector(`[name=decide][value^="${BUTTONS[key]}:"]`), place)
  else return
  event.preventDefault()
}

function press (button, place) {
  if (!button) return
  sessionStorage.setItem(PLACE, String(place))
  button.click()
}

// What was decided by a key leaves the list; the next item stands in its place.
function goBackToPlace (items) {
  const place = sessionStorage.getItem(PLACE)
  sessionStorage.removeItem(PLACE)
  if (place !== null && items.length) items[Math.min(Number(place), items.length - 1)].focus()
}

function tickAll (items) {
  const ticks = items.map((item) => item.querySelector('input[type=checkbox]')).filter(Boolean)
  const missing = ticks.some((tick) => !tick.checked)
  for (const tick of ticks) tick.checked = missing
}
