// Editing in place: presses the buttons of the passages' forms by itself. What is typed is saved a moment after the last
// key; Enter parts, Backspace at the beginning joins, Alt with the arrows moves, Ctrl+Z undoes. Nothing is looked at or
// rewritten while an input method composes. A save that fails is kept and tried again until it goes.

{
  const manuscript = document.getElementById('manuscript');
  if (manuscript && manuscript.dataset.events) edit(manuscript);

  function edit(manuscript) {
    const SAVE_MS = 1200, RETRY_MS = [1000, 2000, 5000, 10000, 30000];
    const at = manuscript.dataset.events;
    const states = new WeakMap();
    const queue = [];
    let busy = false, composing = false, waiting = null, failures = 0, held = null, turns = 0;
    const composed = [];
    document.documentElement.classList.add('scripted');

    // --- what a passage is

    const field = (form) => form.querySelector('textarea');
    const forms = () => [...manuscript.querySelectorAll('form.passage')];
    const there = () => forms().filter((form) => !form.hidden);
    const kind = (form) => form.elements.kind.value;
    const isLine = (form) => /^(title|heading)/.test(kind(form));
    const isLines = (form) => /^(bullets|numbered|table)$/.test(kind(form));
    const typed = (form) => [...form.querySelectorAll('textarea, select[name=kind], .credits input')].map((one) => one.value).join('\u0000');
    const state = (form) => {
      if (!states.has(form)) states.set(form, { saved: typed(form), asked: 0 });
      return states.get(form);
    };
    const isDirty = (form) => state(form).saved !== typed(form) || state(form).asked > 0;
    const before = (form) => there()[there().indexOf(form) - 1];
    const after = (form) => there()[there().indexOf(form) + 1];
    // Empty lines are not kept.
    const filled = (text) => text.split('\n').filter(Boolean).join('\n');

    // The passages behind it that were parted from it here and have no name yet.
    function unnamed(form) {
      const found = [];
      for (let next = form.nextElementSibling; next?.matches('form.passage') && !next.id; next = next.nextElementSibling) found.push(next);
      return found;
    }

    function grow(area) {
      if (CSS.supports('field-sizing', 'content')) return;
      area.style.height = 'auto';
      area.style.height = `${area.scrollHeight}px`;
    }

    function focus(form, place) {
      const area = form && field(form);
      if (!area) return;
      area.focus();
      const end = place === undefined ? area.value.length : place;
      area.setSelectionRange(end, end);
    }

    // --- saying how it stands

    function say(text, failed) {
      const saved = document.getElementById('saved');
      if (!saved) return;
      saved.classList.toggle('failed', Boolean(failed));
      saved.textContent = text;
    }

    // --- asking the server, one thing after the other

    function body(form, deed, text) {
      const said = new URLSearchParams(new FormData(form));
      said.set('deed', deed);
      said.set('text', text);
      return said;
    }

    function ask(form, deed, text = field(form).value, caret = field(form).selectionStart) {
      if (form.dataset.conflict) return;
      clearTimeout(state(form).timer);
      const asked = { form, deed, text, url: form.action };
      state(form).asked += 1;
      queue.push(asked);
      const [first, ...others] = parted(form, deed, text);
      if (others.length) {
        const head = (deed === 'keep' ? text.slice(0, caret).replace(/^\n+/, '') : text.slice(0, caret)).split(/\n{2,}/);
        asked.first = first;
        asked.made = part(form, first, others, head);
      }
      asked.said = typed(form);
      go();
      return asked;
    }

    function turn(verb) {
      queue.push({ verb, url: `${at}/${verb}` });
      go();
    }

    function save(form) {
      clearTimeout(state(form).timer);
      if (composing || !form.id || form.dataset.conflict || state(form).saved === typed(form)) return;
      // A change that is on its way already needs no second one; what came since is saved after it.
      if (!queue.some((asked) => asked.form === form)) ask(form, 'keep');
    }

    function saveSoon(form) {
      clearTimeout(state(form).timer);
      state(form).timer = setTimeout(() => save(form), SAVE_MS);
    }

    async function go() {
      if (busy || !queue.length) return;
      busy = true;
      clearTimeout(waiting);
      const asked = queue[0];
      // What it was parted from was refused, and has taken its words back.
      if (asked.form && !asked.form.id) {
        finish(queue.shift(), false);
        busy = false;
        return go();
      }
      say(manuscript.dataset.saving);
      try {
        const answer = await fetch(asked.url, {
          method: 'POST',
          headers: { Prefer: 'return=minimal' },
          body: asked.form ? body(asked.form, asked.deed, asked.text) : new URLSearchParams(),
        });
        const doc = new DOMParser().parseFromString(await answer.text(), 'text/html');
        // A page that is not this one, such as that for signing in, has saved nothing.
        const isOurs = doc.getElementById('manuscript') && (answer.ok || answer.status === 409 || answer.status === 422);
        if (isOurs) {
          failures = 0;
          finish(queue.shift(), answer.ok);
          if (answer.ok) await done(asked, doc);
          else await refused(asked, doc);
        } else {
          fail(doc.querySelector('main p')?.textContent ?? `HTTP ${answer.status}`);
        }
      } catch {
        fail(manuscript.dataset.again);
      }
      busy = false;
      if (!waiting) go();
    }

    function finish(asked, isDone) {
      const { form, into, joined } = asked;
      turns += 1;
      if (!form) return;
      state(form).asked -= 1;
      field(form).readOnly = false;
      if (!into) return;
      state(into).asked -= 1;
      if (!isDone) return;
      // The joined words are the server's now.
      form.remove();
      if (field(into).value === joined) state(into).saved = typed(into);
    }

    function fail(why) {
      say(manuscript.dataset.failed + why, true);
      const wait = RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)];
      waiting = setTimeout(() => { waiting = null; go(); }, wait);
    }

    async function refused(asked, doc) {
      // Nothing is moved under an input method.
      if (composing) await new Promise((resolve) => composed.push(resolve));
      const { form } = asked, conflict = doc.getElementById('conflict');
      if (form) drop(form);
      asked.undo?.();
      if (form) gather(form);
      if (!conflict || !form) {
        say(manuscript.dataset.failed + (doc.querySelector('.refusal')?.textContent ?? ''), true);
        // What was not just refused is still to be saved.
        if (form && !asked.made && (asked.deed !== 'keep' || typed(form) !== asked.said)) saveSoon(form);
        return;
      }
      form.dataset.conflict = 'on';
      // What was typed while this was on its way belongs to it too.
      const mine = document.importNode(conflict, true);
      mine.querySelector('textarea').value = field(form).value;
      form.after(mine);
      form.hidden = true;
      mine.focus({ preventScroll: false });
      say(manuscript.dataset.failed + conflict.querySelector('h2').textContent, true);
    }

    // What was asked of a passage and has not gone yet is not asked any more.
    function drop(form) {
      for (const later of queue.filter((one) => one.form === form).reverse()) {
        queue.splice(queue.indexOf(later), 1);
        finish(later, false);
        later.undo?.();
      }
    }

    async function done(asked, doc) {
      const { form } = asked;
      asked.revisions = rowOf(doc, 'made');
      if (form?.isConnected && (asked.deed === 'keep' || form.id)) state(form).saved = asked.said;
      if (asked.made) adopt(asked, doc);
      await take(doc, asked);
      if (/^(up|down|add-row|remove-row)$/.test(asked.deed)) focus(form, asked.caret);
      if (asked.deed === 'add') focus(after(form));
      if (asked.verb && !manuscript.contains(document.activeElement)) focus(document.getElementById(doc.querySelector('form.passage')?.id));
      for (const one of forms()) if (state(one).saved !== typed(one)) saveSoon(one);
    }

    // The passages that were parted here before the server knew of them get their names now.
    function adopt({ form, made, revisions }, doc) {
      const first = revisions.findIndex(([id]) => id === form.id) + 1;
      made.forEach((one, at) => {
        const [id, revision] = revisions[first + at] ?? [], fresh = id && doc.getElementById(id);
        if (!fresh || document.getElementById(id)) return;
        one.id = id;
        copy(one, fresh);
        one.elements.seen.value = revision;
        one.querySelector('.tools').replaceWith(document.importNode(fresh.querySelector('.tools'), true));
        state(one).saved = typed(fresh);
      });
    }

    // --- taking what the server has

    const rowOf = (doc, what = 'row') => (doc.getElementById('manuscript')?.dataset[what] ?? '').split(' ').filter(Boolean).map((one) => one.split(':'));

    const seen = (form) => form.elements.seen.value;

    // Everything but what somebody types.
    function copy(form, fresh) {
      for (const hidden of form.querySelectorAll('input[type=hidden]')) hidden.remove();
      for (const hidden of fresh.querySelectorAll('input[type=hidden]')) form.prepend(document.importNode(hidden, true));
      form.className = fresh.className;
      form.querySelector('.shown').replaceWith(document.importNode(fresh.querySelector('.shown'), true));
      form.querySelector('.elsewhere')?.remove();
    }

    // A passage in which nobody types becomes what the server has; the caret stays.
    function renew(form, fresh) {
      const area = field(form), words = field(fresh).value;
      copy(form, fresh);
      // An empty line that somebody has just begun is theirs until they leave.
      const begun = kind(form) !== 'table' && document.activeElement === area && filled(area.value) === filled(words);
      state(form).words = words;
      if (area.value !== words && !begun) {
        const caret = area.selectionStart;
        area.value = words;
        if (document.activeElement === area) area.setSelectionRange(Math.min(caret, words.length), Math.min(caret, words.length));
      }
      form.elements.kind.value = fresh.elements.kind.value;
      const tools = fresh.querySelector('.tools');
      if (!form.contains(document.activeElement) || !form.querySelector('.tools').contains(document.activeElement)) {
        form.querySelector('.tools').replaceWith(document.importNode(tools, true));
      }
      const credits = fresh.querySelector('.credits'), old = form.querySelector('.credits');
      if (credits && !old) form.querySelector('.words').after(document.importNode(credits, true));
      else if (!credits && old) old.remove();
      else if (credits) for (const input of credits.querySelectorAll('input')) form.elements[input.name].value = input.value;
      state(form).saved = typed(form);
      grow(area);
    }

    async function take(doc, asked) {
      // Somebody who is signed out by now sees another page.
      if (!doc.getElementById('manuscript')) return;
      if (composing) {
        held = { doc, asked };
        return;
      }
      const row = rowOf(doc);
      const lacks = ([id, revision]) => {
        const form = document.getElementById(id);
        return !doc.getElementById(id) && (!form || (seen(form) !== revision && !isDirty(form)));
      };
      if (row.some(lacks) && !doc.querySelector('main')) {
        const turn = turns, answer = await fetch(at), text = await answer.text();
        if (answer.ok && turn === turns) await take(new DOMParser().parseFromString(text, 'text/html'), asked);
        return;
      }
      for (const part of ['header.issue', '#bar']) {
        const fresh = doc.querySelector(part), old = document.querySelector(part);
        if (fresh && old && fresh.innerHTML !== old.innerHTML) old.replaceWith(document.importNode(fresh, true));
      }
      place(row.map(([id]) => one(id, doc, asked)).filter(Boolean), new Set(row.map(([id]) => id)));
      manuscript.dataset.row = doc.getElementById('manuscript').dataset.row;
      if (queue.length) say(manuscript.dataset.saving);
      mark();
    }

    function one(id, doc, asked) {
      const old = document.getElementById(id), fresh = doc.getElementById(id);
      if (!old) return fresh && document.importNode(fresh, true);
      if (!fresh || old.dataset.conflict) return old;
      const own = asked && (asked.form === old || asked.into === old);
      const known = own && asked.into === old ? asked.joined : asked?.made ? asked.first : asked?.text;
      if (own && state(old).asked === 0 && field(old).value === known) renew(old, fresh);
      else if (own) goOn(old, fresh, asked);
      else if (seen(old) === seen(fresh)) copyPlace(old, fresh);
      else if (!isDirty(old)) renew(old, fresh);
      else elsewhere(old);
      return old;
    }

    // What was made of somebody's words is theirs to go on with; what another has made of that since is not.
    function goOn(form, fresh, { revisions = [] }) {
      copy(form, fresh);
      const [, revision] = revisions.find(([id]) => id === form.id) ?? [];
      if (!revision || revision === seen(fresh)) return;
      form.elements.seen.value = revision;
      elsewhere(form);
    }

    // The neighbours may be others now, and the article that a title stands for.
    function copyPlace(form, fresh) {
      for (const name of ['before', 'whole']) {
        form.querySelector(`input[name=${name}]`)?.remove();
        const hidden = fresh.querySelector(`input[name=${name}]`);
        if (hidden) form.prepend(document.importNode(hidden, true));
      }
    }

    function elsewhere(form) {
      if (form.querySelector('.elsewhere')) return;
      const note = document.createElement('p');
      note.className = 'elsewhere';
      note.textContent = manuscript.dataset.elsewhere;
      form.append(note);
    }

    // Puts the passages in order without ever moving the one that somebody is in.
    function place(wanted, names) {
      const stays = (form) => !form.id || isDirty(form) || form.dataset.conflict;
      for (const form of forms()) if (form.id && !names.has(form.id) && !stays(form)) form.remove();
      let next = manuscript.firstElementChild;
      const skip = () => { while (next && (!next.id || !names.has(next.id))) next = next.nextElementSibling; };
      for (const form of wanted) {
        skip();
        if (form === next) {
          next = next.nextElementSibling;
        } else if (form.contains(document.activeElement)) {
          while (next && next !== form) {
            const later = next.nextElementSibling;
            manuscript.append(next);
            next = later;
            skip();
          }
          next = form.nextElementSibling;
        } else {
          manuscript.insertBefore(form, next);
        }
      }
    }

    // --- parting and joining, at once here, then there

    // The pieces that the server makes of a text, by its own rule.
    function parted(form, deed, text) {
      const isWhole = !/^(keep|split)$/.test(deed) || /^(table|picture)$/.test(kind(form)) || (deed === 'keep' && isLine(form));
      if (isWhole) return [text];
      return (deed === 'keep' ? text.replace(/^\n+|\n+$/g, '') : text).split(/\n{2,}/);
    }

    // Enter, or the button: parts where the caret is.
    function enter(form) {
      const { value, selectionStart: from, selectionEnd: to } = field(form);
      const left = value.slice(0, from);
      if (isLine(form) && !left.trim()) return;
      ask(form, 'split', `${left}\n\n${value.slice(to)}`, from + 2);
    }

    // Leaves the first piece, and has a passage for each further one; the caret stays at its place in the whole.
    function part(form, first, others, head) {
      const hadFocus = document.activeElement === field(form);
      const made = others.map((words) => {
        const one = document.importNode(form, true);
        one.id = '';
        for (const own of one.querySelectorAll('.credits, .who, .elsewhere')) own.remove();
        if (isLine(form)) one.className = 'passage paragraph';
        one.elements.kind.value = isLine(form) ? 'paragraph' : kind(form);
        field(one).value = words;
        one.querySelector('.shown').textContent = words;
        // Until it has its name it is not asked for by itself.
        states.set(one, { saved: typed(one), asked: 0 });
        return one;
      });
      field(form).value = first;
      form.querySelector('.shown').textContent = first;
      form.after(...made);
      for (const one of [form, ...made]) grow(field(one));
      if (hadFocus) {
        const at = Math.min(head.length - 1, made.length);
        focus([form, ...made][at], head[at].length);
      }
      return made;
    }

    // Takes back the words of the passages that were parted here and have no name yet.
    function gather(form) {
      const area = field(form);
      for (const one of unnamed(form)) {
        drop(one);
        const caret = document.activeElement === field(one) ? area.value.length + 2 + field(one).selectionStart : undefined;
        area.value += `\n\n${field(one).value}`;
        one.remove();
        if (caret !== undefined) focus(form, caret);
      }
      grow(area);
    }

    function join(form) {
      let into = before(form);
      if (!into || into.dataset.conflict || /^(table|picture)$/.test(kind(into)) || kind(form) === 'title') return;
      if (state(into).saved !== typed(into)) ask(into, 'keep');
      // That may have parted it.
      into = before(form);
      const text = field(form).value, caret = field(into).value.length;
      const asked = ask(form, 'merge', text);
      if (!asked) return;
      field(into).value += (isLines(into) ? '\n' : '') + text;
      form.hidden = true;
      asked.into = into;
      asked.undo = () => {
        form.hidden = false;
        // Who has written on in the joined words keeps them; rather twice than lost.
        if (field(into).value === asked.joined) field(into).value = field(into).value.slice(0, caret);
      };
      state(into).asked += 1;
      asked.joined = field(into).value;
      grow(field(into));
      focus(into, caret + (isLines(into) ? 1 : 0));
    }

    // --- what people do

    manuscript.addEventListener('compositionstart', () => { composing = true; });
    manuscript.addEventListener('compositionend', (event) => {
      composing = false;
      const form = event.target.closest('form.passage');
      if (held) {
        const { doc, asked } = held;
        held = null;
        take(doc, asked);
      }
      for (const resolve of composed.splice(0)) resolve();
      if (form) saveSoon(form);
    });

    manuscript.addEventListener('input', (event) => {
      const form = event.target.closest('form.passage');
      if (!form) return;
      grow(field(form));
      if (event.isComposing || composing) clearTimeout(state(form).timer);
      else if (event.target.matches('select')) { if (event.target.name === 'kind') save(form); }
      else saveSoon(form);
    });

    manuscript.addEventListener('focusin', (event) => {
      const form = event.target.closest('form.passage');
      if (!form) return;
      state(form);
      grow(field(form));
      tell(form.id.slice(1));
    });

    manuscript.addEventListener('focusout', (event) => {
      const form = event.target.closest('form.passage');
      if (!form) return;
      if (form.id) save(form);
      if (!form.contains(event.relatedTarget)) {
        paint(form);
        tidy(form);
        if (!event.relatedTarget?.closest?.('form.passage')) tell('');
      }
    });

    // What was typed shows at once, and with its forms when the server has answered.
    function paint(form) {
      if (form.id && state(form).saved !== typed(form) && !isLines(form)) form.querySelector('.shown').textContent = field(form).value;
    }

    // The empty lines that somebody began and left go.
    function tidy(form) {
      const { words } = state(form);
      if (words === undefined || isDirty(form) || filled(field(form).value) !== filled(words)) return;
      field(form).value = words;
      state(form).saved = typed(form);
      grow(field(form));
    }

    // Where a press of a button takes the focus along (Safari), the button would be gone before it is let go.
    manuscript.addEventListener('mousedown', (event) => {
      if (event.target.closest('.tools button')) event.preventDefault();
    });

    // Who keeps what is saved now has it put in the place of their own.
    document.addEventListener('click', async (event) => {
      const section = event.target.closest('.conflict');
      if (!section || !event.target.closest('a')) return;
      event.preventDefault();
      const turn = turns, answer = await fetch(at).catch(() => null), text = await answer?.text();
      const doc = new DOMParser().parseFromString(text ?? '', 'text/html');
      if (!answer?.ok || !doc.getElementById('manuscript')) return say(manuscript.dataset.failed + manuscript.dataset.again, true);
      const form = document.getElementById(section.dataset.passage), fresh = doc.getElementById(section.dataset.passage);
      section.remove();
      if (form) {
        delete form.dataset.conflict;
        form.hidden = false;
        if (fresh) renew(form, fresh);
        else form.remove();
      }
      if (turn === turns && !queue.length) await take(doc);
      focus(fresh && form);
    });

    manuscript.addEventListener('submit', (event) => {
      const form = event.target.closest('form.passage');
      if (!form) return;
      event.preventDefault();
      const deed = event.submitter?.value ?? 'keep';
      if (!form.id) return;
      const area = field(form);
      // The button parts where the caret was.
      if (deed === 'split' && !area.value.includes('\n\n')) return enter(form);
      if (deed === 'merge') return join(form);
      const isOfRows = /-row$/.test(deed), above = isOfRows ? Number(form.elements.row.value) - (deed === 'remove-row') : 0;
      // The buttons of the table as it is then replace these: nobody may be in them.
      if (isOfRows) area.focus();
      const asked = ask(form, deed);
      // What is typed while a row goes would bring it back.
      if (asked) area.readOnly = isOfRows;
      if (asked) asked.caret = isOfRows ? area.value.split('\n').slice(0, above).join('\n').length + (above > 0) : area.selectionStart;
    });

    manuscript.addEventListener('paste', (event) => {
      const form = event.target.closest('form.passage');
      const text = event.clipboardData?.getData('text/plain') ?? '';
      if (!form?.id || !event.target.matches('textarea') || isLine(form) || isLines(form) || !/\n/.test(text.trim())) return;
      // Pasted lines are paragraphs.
      event.preventDefault();
      const lines = text.split(/\r?\n/).map((line) => line.trim()).filter(Boolean).join('\n\n');
      event.target.setRangeText(lines, event.target.selectionStart, event.target.selectionEnd, 'end');
      ask(form, 'split');
    });

    manuscript.addEventListener('keydown', (event) => {
      const form = event.target.closest('form.passage');
      if (!form || composing || event.isComposing || event.keyCode === 229) return;
      const isField = event.target.matches('textarea');
      const { selectionStart: from, selectionEnd: to, value } = isField ? event.target : {};
      const command = event.ctrlKey || event.metaKey;
      const key = event.key.toLowerCase();
      if (command && !event.altKey && (key === 'z' || key === 'y')) {
        // Where something is not saved yet, the browser undoes the typing.
        if (isField && isDirty(form)) return;
        turn(key === 'y' || event.shiftKey ? 'redo' : 'undo');
      } else if (command && key === 's') {
        save(form);
      } else if (event.altKey && (key === 'arrowup' || key === 'arrowdown') && form.id) {
        ask(form, key === 'arrowup' ? 'up' : 'down').caret = from;
      } else if (command || event.altKey || !isField) {
        return;
      } else if (key === 'enter' && !event.shiftKey && !isLines(form) && kind(form) !== 'picture') {
        enter(form);
      } else if (key === 'backspace' && from === 0 && to === 0 && before(form)) {
        join(form);
      } else if (key === 'arrowup' && from === 0 && to === 0 && before(form)) {
        focus(before(form));
      } else if (key === 'arrowdown' && from === value.length && to === from && after(form)) {
        focus(after(form), 0);
      } else {
        return;
      }
      event.preventDefault();
    });

    document.addEventListener('submit', (event) => {
      const verb = event.target.querySelector('#undo, #redo')?.id;
      if (!verb || !event.target.closest('#bar')) return;
      event.preventDefault();
      for (const form of forms()) if (form.id) save(form);
      turn(verb);
    });

    // A page that goes takes what is not saved along, also what was parted and has no name yet.
    addEventListener('pagehide', () => {
      for (const form of forms().filter((form) => form.id && !form.dataset.conflict)) {
        const loose = unnamed(form).filter((one) => !one.hidden).map((one) => field(one).value);
        // Where a passage is just being joined to it, both still stand as they were.
        if (queue.some((asked) => asked.into === form && asked.form.id && asked.joined === field(form).value)) continue;
        if (state(form).saved === typed(form) && !loose.some(Boolean)) continue;
        const said = body(form, loose.length ? 'split' : 'keep', [field(form).value, ...loose].join('\n\n'));
        fetch(form.action, { method: 'POST', keepalive: true, headers: { Prefer: 'return=minimal' }, body: said }).catch(() => {});
      }
    });
    addEventListener('beforeunload', (event) => {
      if (queue.length) event.preventDefault();
    });
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) for (const form of forms()) if (form.id) save(form);
    });

    // --- who else is there

    let told = null;

    function tell(passage) {
      if (told === passage) return;
      told = passage;
      fetch(`${at}/here`, { method: 'POST', body: new URLSearchParams({ passage }) }).catch(() => {});
    }

    function mark() {
      for (const old of manuscript.querySelectorAll('.who')) old.remove();
      for (const old of manuscript.querySelectorAll('.taken')) old.classList.remove('taken');
      for (const person of document.querySelectorAll('#here .person[data-passage]')) {
        const form = document.getElementById(person.dataset.passage);
        if (!form) continue;
        const who = document.createElement('span');
        who.className = 'who';
        who.textContent = person.textContent;
        form.classList.add('taken');
        form.append(who);
      }
    }

    async function listen(event) {
      const line = event.data.indexOf('\n');
      const [row, here] = [event.data.slice(0, line), event.data.slice(line + 1)];
      const fresh = new DOMParser().parseFromString(here, 'text/html').getElementById('here');
      if (fresh) document.getElementById('here').replaceWith(document.importNode(fresh, true));
      mark();
      // While something is on its way, its answer tells.
      if (row === manuscript.dataset.row || busy || queue.length) return;
      const turn = turns, answer = await fetch(at), text = await answer.text();
      if (busy || queue.length) return;
      // Something was saved meanwhile: what came is older than that.
      if (turn !== turns) return listen(event);
      if (answer.ok) await take(new DOMParser().parseFromString(text, 'text/html'));
    }

    if ('EventSource' in window) {
      const source = new EventSource(`${at}/events`);
      source.addEventListener('change', (event) => listen(event).catch(() => {}));
      source.addEventListener('open', () => {
        const here = document.activeElement?.closest?.('form.passage')?.id.slice(1);
        told = null;
        if (here) tell(here);
      });
    }
    for (const form of forms()) state(form);
    mark();
  }
}
