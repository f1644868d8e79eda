// The desk by keyboard: j and k move, Enter opens, c claims, e edits into a post, u goes back. The keys can be switched
// off, for people who speak to their computer. Everything is there as a link or a button too.
const OFF = 'moothall-desk-keys-off'

export function desk (part) {
  const hint = document.querySelector('[data-desk-keys]')
  const toggle = hint.querySelector('[data-desk-toggle]')
  const isOff = () => localStorage.getItem(OFF) === 'yes'
  const show = () => { toggle.textContent = isOff() ? 'Switch the keys on' : 'Switch the keys off' }
  hint.hidden = false
  show()
  toggle.addEventListener('click', () => {
    localStorage.setItem(OFF, isOff() ? 'no' : 'yes')
    show()
  })
  const keys = part.dataset.desk === undefined ? one() : queue(part)
  document.addEventListener('keydown', (event) => {
    if (isOff() || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
    const act = keys[event.key]
    if (!act) return
    event.preventDefault()
    act()
  })
}

function isTyping (target) {
  return target.closest('input, textarea, select, [contenteditable]') !== null
}

function queue (part) {
  const links = [...part.querySelectorAll('[data-desk-open]')]
  const at = () => links.findIndex((link) => link.closest('[data-desk-row]').contains(document.activeElement))
  const go = (number) => links[Math.min(Math.max(number, 0), links.length - 1)]?.focus()
  const row = () => links[Math.max(at(), 0)]?.closest('[data-desk-row]')
  return {
    j: () => go(at() + 1),
    k: () => go(at() - 1),
    c: () => row()?.querySelector('form button')?.click(),
    e: () => {
      const link = row()?.querySelector('[data-desk-open]')
      if (link) window.location.assign(`${link.href}#edit`)
    }
  }
}

function one () {
  const follow = (selector) => () => document.querySelector(selector)?.click()
  return {
    j: follow('[data-desk-one] a[rel=next]'),
    k: follow('[data-desk-one] a[rel=prev]'),
    u: follow('[data-desk-back]'),
    c: follow('.moot-heading__action form[action$="/claim/"] button'),
    e: () => document.querySelector('#edit textarea')?.focus()
  }
}
