// What the parts of the composer's script share: the form as the server reads it, and asking the server.

// Everything written, as one string: the same words give the same string.
export function written (form, ...without) {
  const leave = new Set(['csrfmiddlewaretoken', 'seen_at', ...without])
  const pairs = [...new FormData(form)].filter(([name, value]) => typeof value === 'string' && !leave.has(name))
  return new URLSearchParams(pairs).toString()
}

// The token is read each time: whoever signs in again in another window gets a new one.
export function token () {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? ''
}

export function ask (address, body, options = {}) {
  return fetch(address, {
    method: 'POST',
    body: new URLSearchParams(body),
    headers: { 'X-CSRFToken': token(), Accept: options.accept ?? 'application/json' },
    redirect: 'manual',
    keepalive: Boolean(options.keepalive)
  })
}

// Something other than typing changed the form: preview and saving follow.
export function composed (form) {
  form.dispatchEvent(new Event('composed', { bubbles: true }))
}
