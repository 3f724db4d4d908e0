// What the labs in the browser need beside JupyterLite.

// Chapters that a lab links to are pages of the book, not files of JupyterLite: open them there.
// The notebooks themselves stay as they are in the repository.
document.addEventListener(
  'click',
  (event) => {
    const link = event.target.closest?.('a[data-commandlinker-args]');
    if (!link) return;
    const { path } = JSON.parse(link.dataset.commandlinkerArgs);
    if (!/^book\/.+\.md$/.test(path ?? '')) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const base = new URL('../../', document.baseURI);
    const page = new URL(path.replace(/\.md$/, '.html'), base);
    window.open(page, '_blank', 'noopener');
  },
  true,
);

// JupyterLite downloads a file from a data address, under its whole path. Phones and tablets want a
// blob, and a teacher wants a file called like the lab.
document.addEventListener(
  'click',
  (event) => {
    const link = event.target.closest?.('a[download][href^="data:"]');
    if (!link) return;
    link.download = link.download.split('/').at(-1);
    const [, kind, coding, body] = /^data:([^,]*?)(;base64)?,([^]*)$/.exec(link.href) ?? [];
    if (body === undefined || coding) return;
    const blob = new Blob([decodeURIComponent(body)], { type: kind });
    link.href = URL.createObjectURL(blob);
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  },
  true,
);

// What a lab needs of its own: the notebook of this page once it is open.
const LAB = /^(labs\/student\/\d\d-[\w-]+)( \(kept [^)]*\))?\.ipynb$/;
const BOOK = new URL('../../', document.baseURI);
const TIMES = 'aimc-lab-start'; // how long Python took to start here
const KEPT = 'aimc-lab-kept';
const TRIAL = 'aimc-lab-trial'; // whether anything is stored
// Every lab needs these; loaded before the first cell is run, they are ready when it is. The
// reader's own folder is searched last: each look into it is a request that waits for this page.
const WARM = `
__import__("sys").path.sort(key=lambda place: place == "" or place.startswith("/drive"))
list(map(__import__, ("matplotlib.pyplot", "aimc.plots", "aimc_course.labs.catalogue"))); None
`;

const until = async (found) => {
  let what;
  while (!(what = found())) await new Promise((done) => setTimeout(done, 20));
  return what;
};

const made = (tag, { text = '', ...rest } = {}) => {
  const element = Object.assign(document.createElement(tag), rest);
  element.append(text);
  return element;
};

// Saves what is open under another name, of which the page tells when it is opened next.
const setAside = async (contents, { path, model }) => {
  const now = new Date();
  const local = new Date(now - now.getTimezoneOffset() * 60_000).toISOString();
  const stamp = local.slice(0, 19).replace('T', ' ').replaceAll(':', '.');
  const kept = path.replace(/\.ipynb$/, ` (kept ${stamp}).ipynb`);
  await contents.save(kept, { type: 'notebook', format: 'json', content: model.toJSON() });
  sessionStorage.setItem(KEPT, kept);
};

// A reader may let sites store nothing: nothing is found then, and nothing kept.
const stored = {
  get: (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  set: (key, value) => {
    try {
      localStorage.setItem(key, value);
      return true;
    } catch {
      return false;
    }
  },
  remove: (key) => {
    try {
      localStorage.removeItem(key);
    } catch {
      // there is nothing
    }
  },
};

// A tab may be closed without a word, and a phone ends it in the background. Saving takes longer
// than a page has then, so what is not saved yet is written down at once, and taken up again when
// the lab is opened next. What another tab has saved in the meantime stays under another name.
const keepWork = async (contents, context) => {
  const place = () => `aimc-lab-unsaved:${context.path}`;
  const unsaved = JSON.parse(stored.get(place()));
  if (unsaved) {
    const { since, notebook } = unsaved;
    const saved = JSON.stringify(context.model.toJSON());
    const newer = since !== context.contentsModel.last_modified;
    try {
      if (newer && saved !== JSON.stringify(notebook)) await setAside(contents, context);
      context.model.fromJSON(notebook);
      await context.save();
      stored.remove(place());
    } catch (error) {
      window.alert(`This browser could not save your last changes to this lab (${error.message}). ` +
        'Download the notebook, or make room, and open the lab again.');
      return;
    }
  }
  // Any save will do: one that JupyterLab asks about may come much later, or never. But JupyterLab
  // takes for saved what was written while it saved something older.
  const written = () => JSON.stringify(context.model.toJSON());
  let begun = '';
  context.saveState.connect((_, state) => {
    if (state === 'started') begun = written();
    if (state !== 'completed') return;
    if (written() === begun) stored.remove(place());
    else context.model.dirty = true;
  });
  const keep = () => {
    if (context.isDisposed || !context.model.dirty) return;
    const since = context.contentsModel.last_modified;
    const notebook = context.model.toJSON();
    // If there is no room, without the figures, which can be drawn again.
    const bare = notebook.cells.map((cell) => (cell.outputs ? { ...cell, outputs: [] } : cell));
    for (const cells of [notebook.cells, bare]) {
      const kept = { since, notebook: { ...notebook, cells } };
      if (stored.set(place(), JSON.stringify(kept))) break; // else the save below may be in time
    }
    context.save().catch(() => {}); // JupyterLab has said why
  };
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') keep();
  });
  window.addEventListener('pagehide', keep);
};

// Says how long Python has been starting, and how long it took here before.
const tellStart = async (kernel, state, bar) => {
  const before = Number(stored.get(TIMES));
  const begun = performance.now();
  const tell = () => {
    const seconds = (performance.now() - begun) / 1000;
    const usual = before ? `of about ${Math.round(before)} s` : 's, of 20 to 60 s';
    state.textContent = `Python starts: ${Math.round(seconds)} ${usual}`;
    bar.value = Math.min(seconds / (before || 40), 0.97);
  };
  bar.hidden = false;
  tell();
  const ticking = setInterval(tell, 1000);
  try {
    await kernel.requestExecute({ code: WARM, silent: true, store_history: false }).done;
    stored.set(TIMES, (performance.now() - begun) / 1000);
    state.textContent = 'Python is ready.';
    state.dataset.ready = 'true';
  } catch {
    state.textContent = ''; // ended before it had started: JupyterLab says why
  } finally {
    clearInterval(ticking);
    bar.hidden = true;
  }
};

// The lab as it was, after the reader has agreed; the work so far stays under another name.
const startAfresh = async (contents, context) => {
  const question =
    'Begin this lab again with a fresh copy? Your work so far is kept under another name.';
  if (!window.confirm(question)) return;
  let original;
  try {
    const reply = await fetch(new URL(`lite/files/${context.path}`, BOOK));
    if (!reply.ok) throw new Error(`the site answered ${reply.status}`);
    original = await reply.json();
  } catch (error) {
    window.alert(`The fresh copy could not be fetched (${error.message}). Nothing was changed.`);
    return;
  }
  try {
    await setAside(contents, context);
  } catch (error) {
    window.alert(`This browser could not keep your work under another name (${error.message}). ` +
      'Nothing was changed. Download the notebook, or make room, and try again.');
    return;
  }
  context.model.fromJSON(original);
  await context.save();
  location.reload();
};

const dress = async () => {
  const path = new URLSearchParams(location.search).get('path') ?? '';
  const lab = LAB.exec(path);
  const place = lab ? `${lab[1]}.html` : 'book/labs.html';
  const back = made('a', { href: new URL(place, BOOK), text: lab ? '‹ Lab page' : '‹ All labs' });
  const strip = made('nav', { className: 'aimc-strip' });
  strip.setAttribute('aria-label', 'Course');
  strip.append(back);
  document.body.prepend(strip);
  if (document.body.dataset.notebook !== 'notebooks') return;
  const app = await until(() => window.jupyterapp?.shell && window.jupyterapp);
  const panel = await until(() => app.shell.currentWidget?.context && app.shell.currentWidget);
  const { context, sessionContext } = panel;
  await context.ready;
  await keepWork(app.serviceManager.contents, context);
  const state = made('span', { className: 'aimc-state' });
  state.setAttribute('role', 'status');
  const bar = made('progress', { hidden: true, max: 1 });
  bar.setAttribute('aria-label', 'Start of Python');
  if (lab && !lab[2]) {
    const fresh = made('button', { type: 'button', text: 'Fresh copy' });
    fresh.title = 'Begin again; your work so far is kept under another name';
    fresh.addEventListener('click', () => startAfresh(app.serviceManager.contents, context));
    strip.append(fresh);
  }
  strip.append(bar, state);
  const storing = stored.set(TRIAL, 'kept');
  stored.remove(TRIAL);
  if (!storing) {
    const text = 'This browser keeps nothing for this site: download the notebook before you leave.';
    strip.append(made('span', { className: 'aimc-kept', text }));
  }
  const kept = storing && sessionStorage.getItem(KEPT);
  if (kept) {
    sessionStorage.removeItem(KEPT);
    const address = new URL(location.href);
    address.searchParams.set('path', kept);
    const note = made('span', { className: 'aimc-kept', text: 'Your earlier work: ' });
    note.append(made('a', { href: address, text: kept.split('/').at(-1) }));
    strip.append(note);
  }
  const kernel = await until(() => sessionContext.session?.kernel);
  await tellStart(kernel, state, bar);
};

dress();
