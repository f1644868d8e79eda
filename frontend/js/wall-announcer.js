// Says what came to those who listen to the page, and no more often than they can bear.
const SECONDS = 15

export class Announcer {
  constructor (region) {
    this.region = region
    this.waiting = []
    this.timer = null
  }

  came (words) {
    this.waiting.push(words)
    this.timer ??= setTimeout(() => this.say(), SECONDS * 1000)
  }

  // At once: what somebody did themselves.
  now (words) {
    this.region.textContent = words
  }

  say () {
    this.timer = null
    const [first, ...others] = this.waiting.reverse()
    this.waiting = []
    if (!first) return
    const more = others.length === 1 ? 'one more' : `${others.length} more`
    this.region.textContent = others.length ? `New: ${first} And ${more}.` : `New: ${first}`
  }
}
