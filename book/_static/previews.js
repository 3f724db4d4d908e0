// Shows what a link leads to beside it: the definition of a term, a fact with its source, a citation,
// an equation, a figure or a table. By pointer, by tap and by focus; Escape closes. Nothing is fetched
// before the first of them, and the links stay links.
(function () {
  'use strict';
  const BASE = new URL(document.documentElement.dataset.content_root || './', location.href);
  const FOLDER = new URL('_static/previews/', BASE);
  const OPEN = 250, CLOSE = 250; // ms of rest above a link, and away from it
  const scripts = new Map(), pages = new Map();
  let box = null, link = null, timer = 0, stop = null, tapped = null;

  function script(name) {
    if (!scripts.has(name)) {
      scripts.set(name, new Promise(function (resolve, reject) {
        const made = document.createElement('script');
        made.src = new URL(name, FOLDER);
        made.onload = resolve;
        made.onerror = function () { scripts.delete(name); reject(new Error(name)); };
        document.head.append(made);
      }));
    }
    return scripts.get(name);
  }

  // A page without formulas has no style for them.
  function dressFormulas() {
    if (document.querySelector('link[href*="katex"]')) { return; }
    const made = document.createElement('link');
    made.rel = 'stylesheet';
    made.href = new URL('../katex/katex.min.css', FOLDER);
    document.head.append(made);
  }

  // --- What belongs to a link --------------------------------------------------------------------

  function kindOf(a) {
    const hash = a.hash;
    if (!hash || a.matches('.headerlink, .aimc-preview a') || !a.closest('.bd-article')) { return null; }
    if (hash.startsWith('#term-')) { return 'terms'; }
    if (a.classList.contains('aimc-fact')) { return 'facts'; }
    if (a.pathname.endsWith('/bibliography.html') && !samePage(a)) { return 'citations'; }
    if (hash.startsWith('#equation-') || a.querySelector('.std-numref')) { return 'part'; }
    return null;
  }

  function samePage(a) { return a.pathname === location.pathname && a.origin === location.origin; }

  function fetched(address) {
    if (!pages.has(address)) {
      const page = fetch(address).then(function (reply) { return reply.text(); })
        .then(function (text) { return new DOMParser().parseFromString(text, 'text/html'); });
      page.catch(function () { pages.delete(address); });
      pages.set(address, page);
    }
    return pages.get(address);
  }

  async function content(a, kind) {
    const name = decodeURIComponent(a.hash.slice(1));
    const made = document.createElement('div');
    if (kind !== 'part') {
      await script(kind + '.js');
      const html = (window.aimcPreviews || {})[kind][name];
      if (!html) { return null; }
      made.innerHTML = html;
      return made;
    }
    const address = a.href.split('#')[0];
    const page = samePage(a) ? document : await fetched(address);
    const target = page.getElementById(name);
    const part = target && (target.matches('.math, figure, table') ? target
      : target.querySelector('figure, table, .aimc-figure') || target.closest('figure, .pst-scrollable-table-container'));
    if (!part) { return null; }
    const copy = document.importNode(part, true);
    copy.querySelectorAll('script, .headerlink, button').forEach(function (one) { one.remove(); });
    [copy, ...copy.querySelectorAll('[id]')].forEach(function (one) {
      if (document.getElementById(one.id)) { one.removeAttribute('id'); }
      one.removeAttribute('tabindex');
    });
    copy.querySelectorAll('a').forEach(function (one) { one.replaceWith(...one.childNodes); });
    copy.querySelectorAll('img').forEach(function (one) {
      one.src = new URL(one.getAttribute('src'), address);
      one.loading = 'eager';
    });
    made.append(copy);
    return made;
  }

  // --- The box -----------------------------------------------------------------------------------

  function makeBox() {
    box = document.createElement('div');
    box.className = 'aimc-preview';
    box.id = 'aimc-preview';
    box.setAttribute('role', 'tooltip');
    box.addEventListener('pointerenter', function () { clearTimeout(timer); });
    box.addEventListener('pointerleave', later);
    document.body.append(box);
  }

  // Returns whether there is something to show.
  async function show(a, kind) {
    clearTimeout(timer);
    if (link === a) { return true; }
    hide();
    link = a;
    try {
      const [made] = await Promise.all([content(a, kind), script('floating-ui.js')]);
      if (link !== a) { return true; }
      if (!made) { link = null; return false; }
      if (!box) { makeBox(); }
      if (made.querySelector('.katex')) { dressFormulas(); }
      if (a.title) { a.dataset.title = a.title; a.removeAttribute('title'); } // it says the same
      box.replaceChildren(...made.childNodes);
      box.classList.add('is-open');
      a.setAttribute('aria-describedby', box.id);
      const ui = window.FloatingUIDOM;
      stop = ui.autoUpdate(a, box, place);
      return true;
    } catch {
      if (link === a) { hide(); } // without what it needs the link is still a link
      return false;
    }
  }

  async function place() {
    const ui = window.FloatingUIDOM, padding = 8;
    if (!link) { return; }
    const { x, y } = await ui.computePosition(link, box, {
      strategy: 'fixed',
      placement: 'top',
      middleware: [
        // never over its link: where neither side has room for all of it, it scrolls
        ui.inline(), ui.offset(6), ui.flip({ padding, fallbackStrategy: 'bestFit' }), ui.shift({ padding }),
        ui.size({ padding, apply: function (room) { box.style.maxHeight = Math.max(96, room.availableHeight) + 'px'; } }),
      ],
    });
    box.style.left = x + 'px';
    box.style.top = y + 'px';
  }

  function hide() {
    clearTimeout(timer);
    if (stop) { stop(); stop = null; }
    if (link) {
      link.removeAttribute('aria-describedby');
      if (link.dataset.title) { link.title = link.dataset.title; delete link.dataset.title; }
      link = null;
    }
    if (box) { box.classList.remove('is-open'); }
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(hide, CLOSE);
  }

  // --- Pointer, focus, tap -------------------------------------------------------------------------

  function linkAt(event) {
    const a = event.target.closest && event.target.closest('.bd-article a[href*="#"]');
    const kind = a && kindOf(a);
    return kind ? [a, kind] : null;
  }

  document.addEventListener('pointerover', function (event) {
    const found = event.pointerType === 'mouse' && linkAt(event);
    if (!found) { return; }
    clearTimeout(timer);
    timer = setTimeout(function () { show(...found); }, OPEN);
    found[0].addEventListener('pointerleave', later, { once: true });
  });

  document.addEventListener('focusin', function (event) {
    const found = linkAt(event);
    if (found && found[0].matches(':focus-visible')) { show(...found); }
  });

  document.addEventListener('focusout', function (event) { if (event.target === link) { later(); } });

  // The first tap shows the preview, a second one on the same link follows it; so does the first one
  // if there is nothing to show.
  document.addEventListener('click', async function (event) {
    const found = event.pointerType === 'touch' && linkAt(event);
    if (!found) {
      tapped = null;
      if (box && !box.contains(event.target)) { hide(); }
      return;
    }
    if (tapped === found[0]) { return; }
    event.preventDefault();
    tapped = found[0];
    const shown = await show(...found);
    if (!shown && tapped === found[0]) { location.assign(found[0].href); }
  });

  document.addEventListener('keydown', function (event) {
    if (event.key === 'Escape' && link) { tapped = null; hide(); }
  });
})();
