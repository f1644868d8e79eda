// Keeps what is typed into a form with data-keep in this browser until the server has it, so that an ended session, a
// lost connection or a closed tab loses no words. They are offered again, and never put in place of others unasked.

const NEW = 'moothall:post-new'

export function keep (form) {
  const name = () => `moothall:${form.dataset.keep}`
  const fields = () => [...form.querySelectorAll('textarea')]
  const kept = JSON.parse(localStorage.getItem(name()) ?? '{}')
  const differ = fields().filter((field) => kept[field.name] && kept[field.name] !== field.value)
  // A channel that was chosen after the last saving has no field for its words yet: the form's script adds it.
  const absent = Object.keys(kept).filter((each) => !form.elements[each] && form.elements[each.replace('text_', 'channel_')])
  if (differ.length || absent.length) offer(form, differ, absent, kept, () => localStorage.removeItem(name()))
  else localStorage.removeItem(name())

  // What was kept of a new post and now stands on its saved page is safe there.
  const fresh = JSON.parse(localStorage.getItem(NEW) ?? '{}')
  if (name() !== NEW && fresh.text && fresh.text === form.elements.text?.value) localStorage.removeItem(NEW)

  form.addEventListener('input', () => {
    const typed = fields().filter((field) => field.value && !field.closest('[hidden]')).map((field) => [field.name, field.value])
    try {
      localStorage.setItem(name(), JSON.stringify(Object.fromEntries(typed)))
    } catch {
      // A full or forbidden store: the server still gets the words.
    }
  })
  return {
    forget () {
      localStorage.removeItem(name())
    },
    rename (next) {
      localStorage.removeItem(name())
      form.dataset.keep = next
    }
  }
}

function offer (form, fields, absent, kept, forget) {
  const box = document.createElement('div')
  box.className = 'moot-notice moot-notice--blue moot-kept'
  box.setAttribute('role', 'status')
  const words = document.createElement('p')
  words.textContent = 'You typed words here that were not saved. We kept them.'
  const buttons = document.createElement('div')
  buttons.className = 'moot-buttons'
  buttons.append(
    button('Put them back', () => {
      for (const field of fields) {
        field.value = kept[field.name]
        field.dispatchEvent(new Event('input', { bubbles: true }))
      }
      for (const name of absent) form.dispatchEvent(new CustomEvent('kept', { detail: { name, value: kept[name] } }))
      box.remove()
    }),
    button('Forget them', () => {
      forget()
      box.remove()
    })
  )
  box.append(words, buttons)
  form.prepend(box)
}

export function button (label, act) {
  const made = document.createElement('button')
  made.type = 'button'
  made.className = 'govuk-button govuk-button--secondary'
  made.textContent = label
  made.addEventListener('click', act)
  return made
}
