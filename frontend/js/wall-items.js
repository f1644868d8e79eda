// The items in their places: those pinned first, then the featured, then the newest.
const MOST = { page: 120, frame: 60, screen: 24 }
const SMALL = matchMedia('(max-width: 700px)')

export class Items {
  constructor (list, options, announcer) {
    this.list = list
    this.mode = options.mode
    this.announcer = announcer
    this.waiting = new Map()
    this.isPaused = false
    this.chip = document.getElementById('wall-chip')
    this.button = document.getElementById('wall-pause')
    this.empty = document.getElementById('wall-empty')
  }

  begin () {
    if (this.button) {
      this.button.hidden = false
      this.button.addEventListener('click', () => this.pause(!this.isPaused))
    }
    this.chip?.addEventListener('click', () => this.showWaiting(true))
    this.list.addEventListener('keydown', (event) => this.key(event))
    addEventListener('scroll', () => { if (this.isAtTop() && !SMALL.matches) this.showWaiting(false) }, { passive: true })
    const keys = document.getElementById('wall-keys')
    if (keys) keys.hidden = false
    this.reach()
    this.full()
  }

  // --- What comes and goes ---

  take (card, isNew) {
    const place = this.place(card.item)
    if (place) {
      this.put(card, place)
    } else if (this.isReading()) {
      this.waiting.set(card.item, card)
      this.tell()
    } else {
      this.put(card, null)
    }
    if (isNew) this.announcer.came(card.say)
  }

  // What was taken off the wall goes at once, also while it is paused: there was a reason.
  remove (number) {
    this.waiting.delete(number)
    const place = this.place(number)
    if (place?.contains(document.activeElement)) this.list.querySelector('.wall-card')?.focus()
    place?.remove()
    this.tell()
    this.settle()
  }

  // The wall as it is now, after we were away.
  replace (cards) {
    const there = new Set(cards.map((card) => card.item))
    for (const place of [...this.list.children]) {
      const number = Number(place.firstElementChild.dataset.item)
      if (!there.has(number)) this.remove(number) // nobody would tell us later that it is to go
    }
    this.waiting = new Map([...this.waiting].filter(([number]) => there.has(number)))
    for (const card of [...cards].reverse()) this.take(card, false)
  }

  put (card, old) {
    if (old && (old.contains(document.activeElement) || old.querySelector('details[open]')) &&
      Number(old.dataset.rank) === card.rank) {
      this.later(card, old)
      return
    }
    const place = document.createElement('div')
    place.className = old ? 'wall-place' : 'wall-place wall-place--new'
    place.dataset.rank = card.rank
    place.dataset.at = card.at
    place.innerHTML = card.html
    if (old && Number(old.dataset.rank) === card.rank) {
      old.replaceWith(place)
    } else {
      old?.remove()
      this.list.insertBefore(place, this.after(card))
    }
    this.settle()
  }

  // Somebody is in it: it is changed when they have left it.
  later (card, old) {
    old.addEventListener('focusout', () => setTimeout(() => {
      if (old.isConnected && !old.contains(document.activeElement)) this.put(card, old)
    }), { once: true })
  }

  // Before which place this card stands.
  after (card) {
    return [...this.list.children].find((place) => {
      const rank = Number(place.dataset.rank)
      return rank > card.rank || (rank === card.rank && Number(place.dataset.at) <= card.at)
    }) ?? null
  }

  place (number) {
    return document.getElementById(`item-${number}`)?.closest('.wall-place')
  }

  settle () {
    const places = [...this.list.children]
    for (const place of places.slice(MOST[this.mode])) {
      if (!place.contains(document.activeElement)) place.remove()
    }
    if (this.empty) this.empty.hidden = this.list.childElementCount > 0
    this.reach()
    this.full()
  }

  // --- Nothing moves under somebody who reads ---

  isReading () {
    if (this.isPaused) return true
    if (this.mode === 'screen') return false
    return SMALL.matches || !this.isAtTop() || this.list.contains(document.activeElement) ||
      this.list.matches(':hover') || String(getSelection()).length > 0
  }

  isAtTop () {
    return this.list.getBoundingClientRect().top > 0
  }

  tell () {
    const number = this.waiting.size
    if (this.chip) {
      this.chip.hidden = number === 0
      this.chip.textContent = `${number} new`
    }
    if (this.button) this.button.dataset.waiting = number || ''
  }

  showWaiting (goThere) {
    if (this.isPaused) this.pause(false)
    const cards = [...this.waiting.values()]
    this.waiting.clear()
    for (const card of cards) this.put(card, this.place(card.item))
    this.tell()
    if (!goThere || !cards.length) return
    const first = this.place(cards.at(-1).item)?.firstElementChild
    const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches
    first?.scrollIntoView({ block: 'start', behavior: isStill ? 'auto' : 'smooth' })
    first?.focus({ preventScroll: true })
  }

  pause (isPaused) {
    this.isPaused = isPaused
    this.button.setAttribute('aria-pressed', String(isPaused))
    this.button.querySelector('span').textContent = isPaused ? 'Go on' : 'Pause'
    document.body.classList.toggle('wall--paused', isPaused)
    this.announcer.now(isPaused ? 'Paused. New posts wait.' : 'The wall goes on.')
    if (!isPaused && this.waiting.size) this.showWaiting(false)
  }

  // --- Keyboard: one stop of the tab key for all of them, and letters that work only there ---

  key (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const cards = [...this.list.querySelectorAll('.wall-card')]
    const here = cards.indexOf(event.target.closest('.wall-card'))
    const to = { j: here + 1, PageDown: here + 1, k: here - 1, PageUp: here - 1, Home: 0, End: cards.length - 1 }[event.key]
    if (to !== undefined && cards[to]) {
      event.preventDefault()
      cards[to].focus()
      this.reach(cards[to])
    } else if (event.key === 'p') {
      this.pause(!this.isPaused)
    }
  }

  // The card that the tab key reaches: the one last visited, or the first.
  reach (card) {
    const reached = card ?? this.list.querySelector('.wall-card[tabindex="0"]') ?? this.list.querySelector('.wall-card')
    const cards = this.list.querySelectorAll('.wall-card')
    cards.forEach((each, number) => {
      each.tabIndex = each === reached ? 0 : -1
      each.setAttribute('aria-posinset', number + 1)
      each.setAttribute('aria-setsize', cards.length)
    })
  }

  // On a screen that nobody scrolls, a long card says that there is more of it.
  full () {
    if (this.mode !== 'screen') return
    for (const words of this.list.querySelectorAll('.wall-card__words')) {
      words.classList.toggle('wall-card__words--cut', words.scrollHeight > words.clientHeight + 2)
    }
  }
}
