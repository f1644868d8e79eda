// The enhancements of staff pages. Everything works without them.
import {
  Button,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  Radios,
  SkipLink,
  createAll
} from 'govuk-frontend'
import { compose } from './compose.js'
import { crop } from './crop.js'
import { desk } from './desk.js'
import { calendar } from './calendar.js'
import { follow } from './follow.js'
import { keep } from './keep.js'
import { moderate } from './moderate.js'
import { tell } from './tell.js'
import { upload } from './upload.js'
import { MultiSelect } from '@ministryofjustice/frontend/moj/components/multi-select/multi-select.mjs'

for (const part of document.querySelectorAll('[data-follow]')) follow(part)
for (const form of document.querySelectorAll('[data-library-upload]')) upload(form)
for (const form of document.querySelectorAll('[data-crop]')) crop(form)
for (const form of document.querySelectorAll('[data-tell]')) tell(form)
for (const part of document.querySelectorAll('[data-desk], [data-desk-one]')) desk(part)
for (const part of document.querySelectorAll('[data-calendar]')) calendar(part)
for (const form of document.querySelectorAll('[data-moderate]')) moderate(form)
for (const form of document.querySelectorAll('[data-keep]')) {
  const kept = keep(form)
  if (form.id === 'composer') compose(form, kept)
}

// GOV.UK Frontend starts its components only under this class, which it expects an inline script to set.
document.body.classList.add('js-enabled', 'govuk-frontend-supported')

for (const component of [
  Button,
  Checkboxes,
  ErrorSummary,
  MultiSelect,
  NotificationBanner,
  PasswordInput,
  Radios,
  SkipLink
]) {
  createAll(component)
}

// allauth's passkey scripts only log what went wrong, most often that the person closed the browser's window.
document.addEventListener('allauth.error', (event) => {
  event.preventDefault()
  const main = document.getElementById('main-content')
  main.querySelector('[data-passkey-trouble]')?.remove()
  const words = document.createElement('p')
  words.className = 'moot-notice moot-notice--amber'
  words.setAttribute('role', 'alert')
  words.dataset.passkeyTrouble = ''
  words.textContent = 'The passkey was not used. Try again, or go on another way.'
  main.prepend(words)
})
