// A part of a page that follows what becomes of it: fetched again every few seconds while its data-follow is there.
// Without this script, people reload the page.
const SECONDS = 3

export function follow (part) {
  const again = () => setTimeout(() => refresh(part).then((next) => next?.dataset.follow && follow(next)), SECONDS * 1000)
  again()
}

async function refresh (part) {
  // Nothing moves under somebody's hands: while they type or choose there, or have opened something, we wait.
  if (document.hidden || part.contains(document.activeElement) || part.querySelector('details[open]')) return part
  try {
    const answer = await fetch(part.dataset.follow, { headers: { Accept: 'text/html' } })
    if (!answer.ok) return part
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const next = page.getElementById(part.id)
    if (!next) return part
    for (const id of [part.id, ...(part.dataset.followAlso ?? '').split(' ').filter(Boolean)]) {
      const here = document.getElementById(id)
      const there = page.getElementById(id)
      if (here && there && here.innerHTML !== there.innerHTML) here.innerHTML = there.innerHTML
    }
    if (next.dataset.follow) part.dataset.follow = next.dataset.follow
    else delete part.dataset.follow
  } catch {
    // The connection is away for a moment; the next try may find it again.
  }
  return part
}
