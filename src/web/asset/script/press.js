// The theme's letters follow what is chosen, drawn by the server as they are without this: it only presses the button
// by itself.

{
  const form = document.querySelector('form[data-look]');
  if (form) follow(form);

  function follow(form) {
    let wait;
    let asked = 0;

    const look = async () => {
      const mine = ++asked;
      const chosen = new URLSearchParams(new FormData(form));
      chosen.delete('seen');
      for (const frame of document.querySelectorAll('.letters iframe')) {
        const at = new URL(frame.src);
        const dark = at.searchParams.get('dark');
        at.search = chosen;
        if (dark) at.searchParams.set('dark', dark);
        // A frame that goes on leaves a step behind for Back; a new one leaves none.
        const fresh = frame.cloneNode();
        fresh.src = at;
        frame.replaceWith(fresh);
      }
      try {
        const answer = await fetch(`${location.pathname}?${chosen}`);
        if (!answer.ok || mine !== asked) return;
        const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
        document.getElementById('verdict').replaceWith(document.importNode(fresh.getElementById('verdict'), true));
      } catch {
        // The button is still there.
      }
    };

    form.addEventListener('input', () => {
      clearTimeout(wait);
      wait = setTimeout(look, 250);
    });
  }
}
