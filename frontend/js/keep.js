// Keeps what is typed into a form with data-keep in this browser's tab, so that an ended session or a lost connection
// loses no words. They are offered again, and never put in place of others by themselves.
export function keep (form) {
  const name = `moothall:${form.dataset.keep}`
  const fields = [...form.querySelectorAll('textarea')]
  const kept = JSON.parse(sessionStorage.getItem(name) ?? '{}')
  const differ = fields.filter((field) => kept[field.name] && kept[field.name] !== field.value)
  if (differ.length) offer(form, differ, kept, name)
  form.addEventListener('input', () => {
    const typed = Object.fromEntries(fields.filter((field) => field.value).map((field) => [field.name, field.value]))
    sessionStorage.setItem(name, JSON.stringify(typed))
  })
  // What arrived on the server's page is safe there.
  const text = form.querySelector('textarea')?.value
  const fresh = JSON.parse(sessionStorage.getItem('moothall:post-new') ?? '{}')
  if (name !== 'moothall:post-new' && text && fresh.text === text) sessionStorage.removeItem('moothall:post-new')
}

function offer (form, fields, kept, name) {
  const box = document.createElement('div')
  box.className = 'moot-notice moot-notice--blue'
  box.setAttribute('role', 'status')
  const words = document.createElement('p')
  words.textContent = 'You typed words here that were not saved. We kept them.'
  const buttons = document.createElement('div')
  buttons.className = 'moot-buttons'
  buttons.append(
    button('Put them back', () => {
      for (const field of fields) field.value = kept[field.name]
      box.remove()
    }),
    button('Forget them', () => {
      sessionStorage.removeItem(name)
      box.remove()
    })
  )
  box.append(words, buttons)
  form.prepend(box)
}

function button (label, act) {
  const made = document.createElement('button')
  made.type = 'button'
  made.className = 'govuk-button govuk-button--secondary'
  made.textContent = label
  made.addEventListener('click', act)
  return made
}
