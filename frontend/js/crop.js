// A rectangle over the picture, in step with the form's numbers: drag it, or its corner; or move it by the arrow keys,
// and with Shift change its size. Without this script the numbers are typed.
const STEP = 10
const SMALLEST = 32
const SHAPES = [['Any shape', 0], ['Square, 1:1', 1], ['Upright, 4:5', 0.8], ['Link, 1.91:1', 1.91], ['Wide, 16:9', 16 / 9]]

export function crop (form) {
  const picture = form.querySelector('[data-crop-picture]')
  const whole = { width: Number(form.dataset.width), height: Number(form.dataset.height) }
  const input = (name) => form.querySelector(`[name=${name}]`)
  const frame = element('div', 'moot-crop__frame')
  const corner = element('div', 'moot-crop__corner')
  frame.tabIndex = 0
  frame.setAttribute('role', 'group')
  frame.setAttribute('aria-label', 'The part that is kept. Arrow keys move it; with Shift they change its size.')
  frame.append(corner)
  picture.append(frame)
  let ratio = 0

  const read = () => Object.fromEntries(['left', 'top', 'width', 'height'].map((name) => [name, Number(input(name).value) || 0]))

  function show () {
    const now = read()
    for (const [name, of] of [['left', 'width'], ['top', 'height'], ['width', 'width'], ['height', 'height']]) {
      frame.style[name] = `${now[name] / whole[of] * 100}%`
    }
  }

  function write (wanted) {
    let width = between(SMALLEST, wanted.width, whole.width)
    let height = ratio ? width / ratio : between(SMALLEST, wanted.height, whole.height)
    if (height > whole.height) [width, height] = [whole.height * ratio, whole.height]
    const next = {
      left: between(0, wanted.left, whole.width - width),
      top: between(0, wanted.top, whole.height - height),
      width,
      height
    }
    for (const name in next) input(name).value = Math.floor(next[name])
    show()
  }

  frame.addEventListener('keydown', (event) => {
    const way = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key]
    if (!way) return
    event.preventDefault()
    const now = read()
    const [across, down] = way
    if (!event.shiftKey) write({ ...now, left: now.left + across, top: now.top + down })
    else write({ ...now, width: now.width + (ratio ? across || down : across), height: now.height + down })
  })

  frame.addEventListener('pointerdown', (event) => {
    event.preventDefault()
    frame.focus()
    frame.setPointerCapture(event.pointerId)
    const from = { ...read(), x: event.clientX, y: event.clientY }
    const scale = whole.width / picture.getBoundingClientRect().width
    const sizes = event.target === corner
    const move = (at) => {
      const across = (at.clientX - from.x) * scale
      const down = (at.clientY - from.y) * scale
      if (sizes) write({ ...from, width: from.width + across, height: from.height + down })
      else write({ ...from, left: from.left + across, top: from.top + down })
    }
    frame.addEventListener('pointermove', move)
    const done = () => frame.removeEventListener('pointermove', move)
    frame.addEventListener('pointerup', done, { once: true })
    frame.addEventListener('pointercancel', done, { once: true })
  })

  form.addEventListener('input', show)
  form.querySelector('.moot-crop__numbers').prepend(shapes((chosen) => {
    ratio = chosen
    if (ratio) write(read())
  }))
  show()
}

function shapes (choose) {
  const group = element('div', 'govuk-form-group')
  const label = element('label', 'govuk-label govuk-label--s')
  const select = element('select', 'govuk-select')
  label.textContent = 'Shape'
  label.htmlFor = select.id = 'crop-shape'
  for (const [words, ratio] of SHAPES) select.add(new Option(words, ratio))
  select.addEventListener('change', () => choose(Number(select.value)))
  group.append(label, select)
  return group
}

function element (name, classes) {
  const made = document.createElement(name)
  made.className = classes
  return made
}

function between (least, value, most) {
  return Math.max(least, Math.min(value, most))
}
