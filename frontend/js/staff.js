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
import { MultiSelect } from '@ministryofjustice/frontend/moj/components/multi-select/multi-select.mjs'

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
