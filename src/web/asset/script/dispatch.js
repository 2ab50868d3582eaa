
// A dispatch under way: its pieces come by server-sent events as they change. Where these fail, live.js asks as before.
{
  const live = document.querySelector('#live[data-events]');

  function put(html) {
    const fresh = new DOMParser().parseFromString(html, 'text/html');
    for (const newer of [...fresh.body.children]) {
      const old = document.getElementById(newer.id);
      // Somebody is typing a reason in it: it can wait.
      if (!old || old.contains(document.activeElement?.closest('input[type=text]') ?? null)) continue;
      if (newer.outerHTML !== old.outerHTML) old.replaceWith(document.importNode(newer, true));
    }
  }

  if (live && 'EventSource' in window) {
    const source = new EventSource(live.dataset.events);
    const says = (on) => { document.documentElement.dataset.events = on ? 'on' : 'off'; };
    source.addEventListener('open', () => says(true));
    source.addEventListener('error', () => says(false));
    source.addEventListener('change', (event) => put(event.data));
    source.addEventListener('over', () => { source.close(); location.reload(); });
  }
}
