// Sends the chosen files one after the other and shows how far each is: its way here first, then its processing. Each
// gets a name of its own, so that one whose answer was lost is not added twice. Without this script the form is sent
// as it is.
import { follow } from './follow.js'

export function upload (form) {
  const list = document.querySelector('[data-upload-list]')
  const input = form.querySelector('input[type=file]')
  form.addEventListener('submit', async (event) => {
    const files = [...input.files]
    if (!files.length) return
    event.preventDefault()
    const button = form.querySelector('button')
    button.disabled = true
    list.hidden = false
    for (const file of files) await sendOne(form, file, row(list, file.name))
    button.disabled = false
    input.value = ''
  })
}

// Sends one file; resolves to what the server says of it. `told` hears how many per cent have left.
function send (form, file, told) {
  const data = new FormData()
  data.set('csrfmiddlewaretoken', form.querySelector('[name=csrfmiddlewaretoken]').value)
  data.set('service', form.querySelector('[name=service]')?.value ?? '')
  data.set('once', crypto.randomUUID?.() ?? '')
  data.set('file', file)
  const most = Number(form.dataset.most)
  if (most && file.size > most) {
    const trouble = `This file is larger than ${Math.floor(most / 2 ** 20)} MB. Save a smaller copy and add that.`
    return Promise.resolve({ asset: null, trouble })
  }
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    request.open('POST', form.action)
    request.setRequestHeader('Accept', 'application/json')
    request.responseType = 'json'
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) told(Math.round(event.loaded / event.total * 100))
    })
    const failed = 'It did not arrive. Check your connection, and choose the file again.'
    request.addEventListener('load', () => resolve(request.response ?? { asset: null, trouble: refused(request) }))
    request.addEventListener('error', () => resolve({ asset: null, trouble: failed }))
    request.addEventListener('abort', () => resolve({ asset: null, trouble: failed }))
    request.send(data)
  })
}

function refused (request) {
  if (request.status === 413) return 'It is too large. Save a smaller copy and add that.'
  return 'It was not taken. Reload this page, sign in if you are asked to, and choose the file again.'
}

async function sendOne (form, file, shown) {
  const said = await send(form, file, shown.tell)
  if (!said.asset) {
    shown.end([said.trouble].flat().join(' '))
    return
  }
  shown.end(said.state === 'failed' ? said.trouble : 'It has arrived.', said.page)
  const answer = await fetch(said.status, { headers: { Accept: 'text/html' } }).catch(() => null)
  if (!answer?.ok) return
  const part = new DOMParser().parseFromString(await answer.text(), 'text/html').body.firstElementChild
  if (!part || document.getElementById(part.id)) return
  shown.element.append(part)
  if (part.dataset.follow) follow(part)
}

// A line of the list: the file's name, how far it is, and what came of it.
function row (list, name) {
  const element = document.createElement('li')
  element.className = 'moot-rows__row moot-upload'
  const title = document.createElement('p')
  title.className = 'moot-break'
  title.textContent = name
  const bar = document.createElement('progress')
  bar.className = 'moot-progress__bar'
  bar.max = 100
  bar.value = 0
  bar.setAttribute('aria-label', `Sending ${name}`)
  const words = document.createElement('p')
  words.className = 'moot-quiet'
  words.setAttribute('role', 'status')
  words.textContent = 'Sending…'
  element.append(title, bar, words)
  list.append(element)
  return {
    element,
    tell: (perCent) => {
      bar.value = perCent
      if (perCent === 100) words.textContent = 'Sent. Waiting for the answer…'
    },
    end: (sentence, page) => {
      bar.remove()
      words.textContent = sentence
      if (!page) return
      const link = document.createElement('a')
      link.className = 'govuk-link'
      link.href = page
      link.textContent = 'Say what it shows, and who is pictured'
      words.append(' ', link)
    }
  }
}
