// Keeps the pieces of a page that change up to date, without moving anything else: every element with
// data-live is replaced by its newer self until the newer one says that nothing more will change.

const EVERY_MS = 2000;

async function look() {
  // Where events come, nothing need be asked for.
  if (!document.hidden && document.documentElement.dataset.events !== 'on') {
    try {
      const answer = await fetch(location.href);
      if (answer.ok) {
        renew(new DOMParser().parseFromString(await answer.text(), 'text/html'));
      }
    } catch {
      // The station may be starting again; the next look will tell.
    }
  }
  goOn();
}

function renew(fresh) {
  const focused = document.activeElement?.id;
  for (const old of document.querySelectorAll('[data-live]')) {
    const newer = fresh.getElementById(old.id);
    if (!newer) continue;
    for (const opened of old.querySelectorAll('details[open]')) {
      const same = newer.querySelector(`#${CSS.escape(opened.id)}`);
      if (same) same.open = true;
    }
    if (newer.outerHTML !== old.outerHTML) old.replaceWith(document.importNode(newer, true));
  }
  if (focused && document.activeElement?.id !== focused) {
    document.getElementById(focused)?.focus({ preventScroll: true });
  }
}

function goOn() {
  if (document.querySelector('[data-live]')) setTimeout(look, EVERY_MS);
}

goOn();
