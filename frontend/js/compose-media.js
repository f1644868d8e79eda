// Pictures and videos in the composer: several uploads with their progress, moving and taking off without a page load.
import { ask, composed, token, written } from './compose-form.js'

const LOOK_AGAIN = 2000
const THEIR_BUTTONS = /^(up|down|remove)-\d+$/

export function media (form) {
  const list = document.getElementById('media-list')
  list.addEventListener('click', (event) => {
    const pressed = event.target.closest('button')
    if (!pressed || !THEIR_BUTTONS.test(pressed.value)) return
    event.preventDefault()
    press(form, list, pressed.value)
  })
  const input = form.elements.new_picture
  if (form.dataset.upload && input) {
    input.multiple = true
    input.addEventListener('change', () => {
      for (const file of input.files) upload(form, list, file)
      input.value = ''
    })
  }
  follow(form, list)
}

async function press (form, list, value) {
  if (!(await refresh(form, list, value))) return
  const [step, pk] = value.split('-')
  const again = list.querySelector(`button[value="${value}"]`) ?? list.querySelector(`[data-asset="${pk}"] button`)
  const next = step === 'remove' ? (list.querySelector('button') ?? form.elements.new_picture) : again
  next?.focus()
}

// The rows as the server makes them of the form as it stands now, and of the button that was pressed.
async function rows (form, then) {
  const answer = await ask(form.dataset.media, `${written(form)}&then=${then}`, { accept: 'text/html' })
  return answer.ok ? answer.text() : ''
}

let turn = Promise.resolve(true)

// One after the other: each answer is of the form as it stood when it was asked. ``change`` is made in its turn.
function refresh (form, list, then = '', change = () => {}) {
  turn = turn.then(async () => {
    change()
    try {
      const html = await rows(form, then)
      if (html) put(list, html)
      composed(form)
      return Boolean(html)
    } catch {
      return false // no connection: everything stays as it is, and saving says so
    }
  })
  return turn
}

// What was typed while the answer was under way stays, and so does the place where one types.
function put (list, html) {
  const fields = () => [...list.querySelectorAll('textarea, input:not([type=hidden])')]
  const typed = new Map(fields().map((field) => [field.id, field]))
  const active = list.contains(document.activeElement) ? document.activeElement : null
  list.innerHTML = html
  for (const field of fields()) {
    const before = typed.get(field.id)
    if (!before) continue
    field.value = before.value
    field.checked = before.checked
  }
  const same = active?.id && document.getElementById(active.id)
  if (!same) return
  same.focus()
  if (active.selectionStart !== undefined && same.type !== 'checkbox' && same.type !== 'number') {
    same.setSelectionRange(active.selectionStart, active.selectionEnd)
  }
}

function upload (form, list, file) {
  const line = document.createElement('li')
  const bar = document.createElement('progress')
  bar.max = file.size || 1
  bar.className = 'moot-progress__bar'
  bar.setAttribute('aria-label', `Upload of ${file.name}`)
  line.append(file.name, bar)
  document.getElementById('uploads').append(line)
  if (!form.elements.service.value) return fail(line, file, `Choose the service first; then add “${file.name}” again.`)

  const request = new XMLHttpRequest()
  request.open('POST', form.dataset.upload)
  request.setRequestHeader('X-CSRFToken', token())
  request.setRequestHeader('Accept', 'application/json')
  request.responseType = 'json'
  request.upload.addEventListener('progress', (event) => {
    bar.value = event.loaded
  })
  request.addEventListener('loadend', () => {
    const told = request.response ?? {}
    if (!told.asset) return fail(line, file, told.trouble)
    line.remove()
    const added = document.createElement('input')
    added.type = 'hidden'
    added.name = 'media'
    added.value = told.asset
    refresh(form, list, '', () => list.append(added)).then(() => follow(form, list))
  })
  const body = new FormData()
  body.append('file', file)
  body.append('service', form.elements.service.value)
  request.send(body)
}

function fail (line, file, why) {
  line.className = 'moot-uploads__failed'
  line.setAttribute('role', 'alert')
  line.textContent = [why ?? []].flat().join(' ') || `“${file.name}” did not arrive. Look at your connection and choose it again.`
}

// While something is being processed its face is looked at again; what is typed beside it stays.
function follow (form, list) {
  clearTimeout(follow.timer)
  if (!list.querySelector('[data-processing]')) return
  follow.timer = setTimeout(async () => {
    try {
      const fresh = document.createElement('div')
      fresh.innerHTML = await rows(form, '')
      let isDone = false
      for (const row of list.querySelectorAll('[data-processing]')) {
        const now = fresh.querySelector(`[data-asset="${row.dataset.asset}"]`)
        if (!now) continue
        row.querySelector('.moot-media__face').replaceWith(now.querySelector('.moot-media__face'))
        if (!('processing' in now.dataset)) {
          delete row.dataset.processing
          isDone = true
        }
      }
      if (isDone) composed(form)
    } catch {
      // No connection: the next look may find it again.
    }
    follow(form, list)
  }, LOOK_AGAIN)
}
