// The pictures chosen for the desk: each with a small view and a description of its own, until they are sent.
import { name } from './tell-sending.js'

const SIDE = 192
const MOST_BYTES = 25 * 2 ** 20

export function pictures (form) {
  const input = form.elements.photo
  const rows = form.querySelector('[data-tell-pictures]')
  form.querySelector('[data-tell-alt]').hidden = true
  const chosen = []

  function add (photo) {
    chosen.push(photo)
    rows.append(row(photo, chosen.length, () => {
      chosen.splice(chosen.indexOf(photo), 1)
      form.dispatchEvent(new Event('input', { bubbles: true }))
    }))
  }

  input.addEventListener('change', () => {
    for (const file of input.files) {
      if (file.size > MOST_BYTES) complain(rows, `“${file.name}” is larger than 25 MB. Choose a smaller one.`)
      else add({ once: name(), file, alt: '', sent: false })
    }
    input.value = '' // the files are ours now; choosing again adds more
    form.dispatchEvent(new Event('input', { bubbles: true }))
  })

  return {
    add,
    all: () => chosen.map((photo) => ({ ...photo })),
    clear: () => {
      chosen.length = 0
      rows.replaceChildren()
    }
  }
}

function complain (rows, sentence) {
  const words = document.createElement('p')
  words.className = 'govuk-error-message'
  words.setAttribute('role', 'alert')
  words.textContent = sentence
  rows.append(words)
}

function row (photo, number, gone) {
  const element = document.createElement('div')
  element.className = 'moot-tell__picture'
  const view = document.createElement('canvas')
  view.width = view.height = SIDE
  view.setAttribute('aria-hidden', 'true')
  draw(view, photo.file)
  const id = `tell-alt-${photo.once}`
  const label = document.createElement('label')
  label.className = 'govuk-label'
  label.htmlFor = id
  label.textContent = `What does picture ${number} show?`
  const words = document.createElement('textarea')
  words.id = id
  words.className = 'govuk-textarea'
  words.rows = 2
  words.maxLength = 2000
  words.value = photo.alt
  words.addEventListener('input', () => { photo.alt = words.value })
  const remove = document.createElement('button')
  remove.type = 'button'
  remove.className = 'moot-link-button'
  remove.textContent = `Take picture ${number} away`
  remove.addEventListener('click', () => {
    element.remove()
    gone()
  })
  const side = document.createElement('div')
  side.append(label, words, remove)
  element.append(view, side)
  return element
}

// Drawn, not linked: the page's policy lets no address of the browser's own be a picture.
async function draw (view, file) {
  const image = await createImageBitmap(file).catch(() => null)
  if (!image) return // a video, or a form that this browser does not know
  const part = Math.min(image.width, image.height)
  const left = (image.width - part) / 2
  const top = (image.height - part) / 2
  view.getContext('2d').drawImage(image, left, top, part, part, 0, 0, SIDE, SIDE)
  image.close()
}
