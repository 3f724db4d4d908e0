// What a reader did, kept in this browser and nowhere else: answers, predictions, changed code, which
// chapters were read, and where the reader was last. Without storage, nothing is kept and all works.
(() => {
  const KEY = 'aimc-memory';
  const FORM = 1; // of what is kept; another one is not read
  const root = new URL(document.documentElement.dataset.content_root ?? './', location.href);
  const here = location.href.split(/[?#]/)[0].slice(root.href.length);

  function load() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY));
      if (kept?.form === FORM && kept.pages) return kept;
    } catch { /* no storage, or not ours */ }
    return { form: FORM, pages: {}, last: null };
  }

  // Two tabs may be open: what is changed is what is kept at that moment.
  function change(action) {
    const kept = load();
    action(kept);
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch { /* full, or forbidden: the page works without */ }
  }

  const onPage = (action) => change((kept) => { action(kept.pages[here] ??= {}); });

  function make(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  function button(words, action) {
    const made = make('button', { type: 'button' }, words);
    made.addEventListener('click', action);
    return made;
  }

  // --- Questions ----------------------------------------------------------------------------------

  // By its words: a choice of another edition that reads otherwise is another choice.
  const words = (input) => input.labels[0].textContent.replace(/\s+/g, ' ').trim();
  const chosen = (form) => [...form.querySelectorAll('input:checked')].map(words);

  function questions() {
    const { answers = {} } = load().pages[here] ?? {};
    for (const form of document.querySelectorAll('form.aimc-quiz')) {
      form.addEventListener('submit', (event) => {
        event.preventDefault(); // whatever became of the script that judges: a form sent reloads the page
        const now = chosen(form);
        if (now.length) onPage((page) => { (page.answers ??= {})[form.id] = now; });
        if (form.dataset.kind === 'predict') answerPrediction();
      });
      const kept = answers[form.id] ?? [];
      const inputs = [...form.querySelectorAll('input')].filter((input) => kept.includes(words(input)));
      if (kept.length && inputs.length === kept.length) {
        for (const input of inputs) input.checked = true;
        form.requestSubmit();
      }
    }
  }

  // --- Code ---------------------------------------------------------------------------------------

  function code() {
    const { code: kept = {} } = load().pages[here] ?? {};
    for (const editor of document.querySelectorAll('section.aimc-live textarea')) {
      const original = editor.value; // what another edition prints otherwise is other code
      if (Object.hasOwn(kept, original)) {
        editor.value = kept[original];
        editor.dispatchEvent(new Event('input', { bubbles: true }));
      }
      const keep = () => onPage((page) => {
        page.code ??= {};
        if (editor.value === original) delete page.code[original];
        else page.code[original] = editor.value;
      });
      editor.addEventListener('input', keep);
      editor.closest('section').querySelector('.aimc-live-reset')?.addEventListener('click', () => setTimeout(keep));
    }
  }

  // --- The end of a chapter -------------------------------------------------------------------------

  const prediction = document.querySelector('form.aimc-predict');
  let told = null; // where the answer to the prediction stands

  function answerPrediction() {
    if (!told) return;
    const asked = prediction.querySelector('legend').cloneNode(true);
    asked.querySelector('.aimc-quiz-kicker')?.remove();
    const right = prediction.querySelector('li[data-right="true"]');
    const mine = chosen(prediction)[0];
    const copy = (part) => [...right.querySelector(part).childNodes].map((node) => node.cloneNode(true));
    told.replaceChildren(
      make('p', {}, make('strong', {}, 'You were asked: '), ...asked.childNodes),
      make('p', {}, make('strong', {}, mine ? 'You predicted: ' : 'You made no prediction. '), mine ?? make('a', { href: `#${prediction.id}` }, 'Go back and make one')),
      make('details', {}, make('summary', {}, 'What is right, and why'), make('p', {}, ...copy('.aimc-quiz-choice-again')), make('p', {}, ...copy('.aimc-quiz-why'))),
    );
  }

  function chapterEnd() {
    const article = document.querySelector('.bd-article');
    if (!prediction || !article) return;
    told = make('div', {});
    const mark = make('input', { type: 'checkbox', id: 'aimc-chapter-read' });
    mark.checked = Boolean(load().pages[here]?.read);
    mark.addEventListener('change', () => {
      onPage((page) => { if (mark.checked) page.read = true; else delete page.read; });
      sideBar();
    });
    const box = make('section', { class: 'aimc-chapter-end', 'aria-label': 'Your reading of this chapter' },
      make('h2', { class: 'aimc-chapter-end-title' }, 'Before you go on'), told,
      make('p', {}, mark, ' ', make('label', { for: mark.id }, 'I have read this chapter')));
    article.append(box);
    answerPrediction();
  }

  function sideBar() {
    const { pages } = load();
    for (const link of document.querySelectorAll('.bd-links a.internal')) {
      const read = Boolean(pages[link.href.split(/[?#]/)[0].slice(root.href.length)]?.read);
      link.classList.toggle('aimc-read', read);
      if (read && !link.querySelector('.visually-hidden')) link.append(make('span', { class: 'visually-hidden' }, ' (read)'));
      if (!read) link.querySelector('.visually-hidden')?.remove();
    }
  }

  // --- Where the reader was -------------------------------------------------------------------------

  function place() {
    const sections = [...document.querySelectorAll('.bd-article section[id] > h2')].map((title) => title.parentElement);
    const seen = sections.filter((section) => section.getBoundingClientRect().top < innerHeight / 2).at(-1);
    const title = (of) => of?.querySelector('h1, h2')?.cloneNode(true);
    const text = (of) => { const made = title(of); made?.querySelector('.headerlink')?.remove(); return made?.textContent.trim(); };
    return { page: here, title: text(document.querySelector('.bd-article')), id: seen?.id ?? '', section: text(seen) ?? '' };
  }

  function remember() {
    if (prediction || here.startsWith('labs/')) change((kept) => { kept.last = place(); });
  }

  // --- The first page -------------------------------------------------------------------------------

  function firstPage() {
    const ways = document.querySelector('.aimc-ways');
    const { last, pages } = load();
    if (ways && last?.page) {
      // One line, so that the crossbar below stays on a phone's first screen; a section's number names its chapter.
      ways.after(make('p', { class: 'aimc-go-on' }, 'Go on: ',
        make('a', { href: `${root.href}${last.page}${last.id ? `#${last.id}` : ''}` }, last.section || last.title)));
    }
    const box = document.querySelector('.aimc-memory');
    if (!box) return;
    const count = (kind) => Object.values(pages).reduce((sum, page) => sum + Object.keys(page[kind] ?? {}).length, 0);
    const read = Object.values(pages).filter((page) => page.read).length;
    const plural = (number, name) => `${number} ${name}${number === 1 ? '' : 's'}`;
    const said = make('p', { role: 'status' }, `Kept at the moment: ${plural(read, 'chapter')} read, ${plural(count('answers'), 'answer')}, ${plural(count('code'), 'changed piece')} of code.`);
    box.append(said, make('p', {},
      button('Save as a file', () => {
        const file = new Blob([JSON.stringify(load(), null, 1)], { type: 'application/json' });
        const link = make('a', { href: URL.createObjectURL(file), download: 'aimc-memory.json' });
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
      }), ' ',
      button('Forget all', () => {
        try { localStorage.removeItem(KEY); } catch { /* nothing was kept */ }
        said.textContent = 'Forgotten. Nothing is kept at the moment.';
        document.querySelector('.aimc-go-on')?.remove();
        sideBar();
      })));
  }

  chapterEnd();
  questions();
  sideBar();
  firstPage();
  window.addEventListener('load', code); // the editors are made by a module
  window.addEventListener('pagehide', remember);
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') remember(); });
})();
