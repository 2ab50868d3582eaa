// Bringing a manuscript by dropping it, and reviewing it by keys. Everything here presses the buttons that the page has
// anyway: without it the page does the same, only slower.

{
  const drop = document.querySelector('[data-drop]');
  const review = document.getElementById('review');
  if (drop) takeDrops(drop);
  if (drop) takePastes(drop.closest('form'));
  if (review) listen(review);

  function takeDrops(drop) {
    const input = drop.querySelector('input[type="file"]');
    const chosen = drop.querySelector('.chosen');
    const tell = () => { chosen.textContent = input.files[0]?.name ?? ''; };
    input.addEventListener('change', tell);
    for (const kind of ['dragenter', 'dragover']) {
      drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add('over'); });
    }
    drop.addEventListener('dragleave', () => drop.classList.remove('over'));
    drop.addEventListener('drop', (event) => {
      event.preventDefault();
      drop.classList.remove('over');
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      tell();
      drop.closest('form').requestSubmit();
    });
  }

  // What comes from Word, WPS or WeChat brings its headings, lists and tables along as a page. It counts only as long as
  // it is all that stands in the field: whoever writes there means the text.
  function takePastes(form) {
    const text = form.querySelector('textarea[name="text"]');
    const page = form.querySelector('input[name="page"]');
    const isFromEditor = (html) => /mso-|class=["']?Mso|schemas-microsoft-com|js_content|rich_media|<section/i.test(html);
    text.addEventListener('paste', (event) => {
      const html = event.clipboardData?.getData('text/html') ?? '';
      page.value = text.value.trim() === '' && isFromEditor(html) ? html : '';
    });
    text.addEventListener('input', (event) => {
      if (event.inputType !== 'insertFromPaste') page.value = '';
    });
  }

  function listen(review) {
    const spots = [...review.querySelectorAll('.spot')];
    const source = review.querySelector('.source');
    const result = review.querySelector('.result');
    // Only where all three stand side by side are there keys to show; style hides the legend elsewhere.
    document.getElementById('keys').hidden = false;

    const isWide = () => source.offsetParent !== null && result.offsetParent !== null;

    // Scrolls one side, never the page.
    const show = (side, element) => {
      if (!element) return;
      for (const old of side.querySelectorAll('.here')) old.classList.remove('here');
      element.classList.add('here');
      const offset = element.getBoundingClientRect().top - side.getBoundingClientRect().top;
      side.scrollTop += offset - side.clientHeight / 3;
    };

    const blockOf = (line) => [...result.querySelectorAll('.block')].find(
      (block) => Number(block.dataset.from) <= line && line <= Number(block.dataset.to));

    const place = (line, block) => {
      if (!isWide() || !line) return;
      show(source, document.getElementById(`l${line}`));
      show(result, (block && document.getElementById(block)) || blockOf(line));
    };

    const current = () => document.activeElement?.closest('.spot') ?? review.querySelector('.spot.here');

    const go = (spot) => {
      if (!spot) return;
      for (const old of spots) old.classList.remove('here');
      spot.classList.add('here');
      const folded = spot.closest('details.group');
      if (folded) folded.open = true;
      spot.focus({ preventScroll: true });
      spot.scrollIntoView({ block: 'nearest' });
      place(Number(spot.dataset.line), spot.dataset.block);
    };

    const buttons = (spot) => [...(spot?.querySelectorAll('.answers button') ?? [])];

    const press = (button) => button?.form.requestSubmit(button);

    const takes = {
      j: () => go(spots[spots.indexOf(current()) + 1]),
      k: () => go(spots[spots.indexOf(current()) - 1]),
      u: () => press(document.querySelector('#undo')),
    };

    document.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (event.target.closest('input, textarea, select')) return;
      const take = takes[event.key.toLowerCase()];
      const isElsewhere = event.target.closest('button, a, summary');
      if (take) take();
      else if (event.key === 'Enter' && !isElsewhere && current()?.matches('.open')) press(current().querySelector('.answers .default'));
      else if (/^[1-9]$/.test(event.key) && current()) press(buttons(current())[event.key - 1]);
      else return;
      event.preventDefault();
    });

    review.addEventListener('click', (event) => {
      if (!isWide()) return;
      const link = event.target.closest('.to-line, .to-block');
      const spot = event.target.closest('.spot');
      if (link) {
        event.preventDefault();
        go(spot);
      } else if (spot && !event.target.closest('button, a, summary, input, label')) {
        go(spot);
      } else {
        const block = event.target.closest('.block');
        const line = event.target.closest('.lines li');
        if (block) place(Number(block.dataset.from), block.id);
        if (line) place(Number(line.id.slice(1)));
      }
    });

    const named = location.hash.startsWith('#q-') && document.getElementById(location.hash.slice(1));
    const first = named || review.querySelector('.question.open');
    if (first && isWide()) {
      go(first);
      scrollTo(0, 0);
    }
    // The last question was answered just now: Enter goes on to the next step.
    const isDone = document.getElementById('undo') && !review.querySelector('.question.open');
    if (isDone) document.querySelector('.way .primary')?.focus({ preventScroll: true });
  }
}
