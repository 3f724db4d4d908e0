// Search: asks the index that book/_ext/finder.py writes, with the words of the glossary beside it.
// Nothing is fetched before the first letter, and then a few small parts of the index.
(function () {
  'use strict';
  const BASE = new URL(document.documentElement.dataset.content_root || './', location.href);
  const FROM_DISK = location.protocol === 'file:';
  const SHOWN = { dialog: 5, page: 6 };
  const FEW = 2; // pages that tell whether a word is one of the book's
  const WEIGHTS = { API: 2, Reference: 0.5, 'For teachers': 0.5 }; // of chapters and labs 1; the API was asked for
  const PARTS = 3; // places inside of a page
  const WAIT = 150; // ms without a key
  const SMALL = new Set(('a about an and are can does do for how in is it mean means of on or the to what which why ' +
    'define explain').split(' '));
  const GREEK = {
    alpha: 'α', beta: 'β', gamma: 'γ', delta: 'δ', epsilon: 'ε', eta: 'η', theta: 'θ', kappa: 'κ', lambda: 'λ', mu: 'μ',
    nu: 'ν', xi: 'ξ', pi: 'π', rho: 'ρ', sigma: 'σ', tau: 'τ', phi: 'φ', chi: 'χ', psi: 'ψ', omega: 'ω',
    Gamma: 'Γ', Delta: 'Δ', Sigma: 'Σ', Phi: 'Φ', Psi: 'Ψ', Omega: 'Ω',
  };
  let loading = null, again = 0;

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) { made.className = className; }
    if (text) { made.textContent = text; }
    return made;
  }

  // The prefix micro is a letter of its own; keyboards and papers may have the Greek one.
  function wordsOf(text) { return text.toLowerCase().replaceAll('\u03bc', '\u00b5').match(/[\p{L}\p{N}]+/gu) || []; }

  // --- The index and the words -----------------------------------------------------------------

  function load() {
    loading = loading || Promise.all([
      import(new URL('pagefind/pagefind.js' + (again ? '?again=' + again : ''), BASE)).then(async function (pagefind) {
        await pagefind.options({ noWorker: true, excerptLength: 20 });
        await pagefind.init();
        return pagefind;
      }),
      fetch(new URL('pagefind/words.json', BASE), { cache: again ? 'reload' : 'default' }).then(function (reply) { return reply.json(); }),
      edition(),
    ]).then(function ([pagefind, words, current]) {
      return { pagefind, words, known: vocabulary(words), edition: current };
    });
    return loading;
  }

  function edition() {
    return fetch(new URL('pagefind/pagefind-entry.json', BASE), { cache: 'no-cache' })
      .then(function (reply) { return reply.text(); });
  }

  // What an open page knows of the index may be of an edition that is no longer there; Pagefind finds
  // nothing then, or fails.
  async function outdated(found) {
    return found.ranked ? false : (await loading).edition !== await edition();
  }

  async function askOnceMore(text, options) {
    try {
      const found = await ask(text, options);
      if (!found || !(await outdated(found))) { return found; }
    } catch {
      // The parts of an index that is there come at the second try.
    }
    loading = null;
    again += 1;
    return ask(text, options);
  }

  function vocabulary(words) {
    const all = new Set();
    words.pages.forEach(function (page) { wordsOf(page[1]).forEach(all.add, all); });
    words.terms.forEach(function (term) {
      wordsOf([term[0], term[2], ...term[3]].join(' ')).forEach(all.add, all);
    });
    return all;
  }

  // --- From a question to words ----------------------------------------------------------------

  // How many letters differ, are missing, too many or in the wrong order; stops above `most`.
  function distance(a, b, most) {
    if (Math.abs(a.length - b.length) > most) { return most + 1; }
    let before = [], last = Array.from({ length: b.length + 1 }, function (_, j) { return j; });
    for (let i = 1; i <= a.length; i++) {
      const row = [i];
      for (let j = 1; j <= b.length; j++) {
        row[j] = Math.min(row[j - 1] + 1, last[j] + 1, last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
          row[j] = Math.min(row[j], before[j - 2] + 1);
        }
      }
      if (Math.min(...row) > most) { return most + 1; }
      [before, last] = [last, row];
    }
    return last[b.length];
  }

  // The known word that one slip, or two in a long word, would turn into this.
  function mended(word, known) {
    const most = word.length < 4 ? 0 : word.length < 8 ? 1 : 2;
    if (!most || /\d/.test(word) || isKnown(word, known)) { return word; }
    let best = word, nearest = most + 1;
    known.forEach(function (other) {
      const d = distance(word, other, most);
      if (d < nearest || (d === nearest && other[0] === word[0] && best[0] !== word[0])) {
        [best, nearest] = [other, d];
      }
    });
    return best;
  }

  function isKnown(word, known) {
    return [word, word + 's', word.replace(/s$/, ''), word.replace(/(ing|ed|es)$/, ''),
      word.replace(/(ing|ed)$/, 'e'), word.replace(/ies$/, 'y')].some(function (form) { return known.has(form); });
  }

  // A glossary entry that has this name, is short for it or refers to it.
  function termOf(text, words) {
    const said = wordsOf(text).join(' ');
    function same(name) {
      const other = wordsOf(name).join(' ');
      return other === said || other + 's' === said || other === wordsOf(name + ' ' + text).join(' ');
    }
    const seen = Object.keys(words.see).find(same);
    const name = seen ? words.see[seen] : null;
    return words.terms.find(function (term) {
      return term[0] === name || same(term[0]) || term[3].some(same);
    });
  }

  // Rows of the table of symbols with this letter: ν, nu, \\sigma_P, g_max.
  async function symbolsOf(text, words) {
    if (/\s/.test(text)) { return []; }
    const said = (text.normalize('NFKC').match(/[\p{L}\p{N}]+/gu) || [])
      .map(function (part) { return GREEK[part] || part; }).join('');
    if (!words.letters.includes(said)) { return []; }
    const reply = await fetch(new URL('pagefind/symbols.json', BASE));
    return (await reply.json()).filter(function (row) { return row[0].includes(said); });
  }

  // What an abbreviation is short for, in place of it.
  function spelledOut(asked, words) {
    return asked.map(function (word) {
      const term = words.terms.find(function (entry) {
        return entry[3].some(function (short) { return short.toLowerCase() === word; });
      });
      return term ? term[0].toLowerCase() : word;
    });
  }

  // --- Results ---------------------------------------------------------------------------------

  function fileOf(page) { return page.raw_url.replace(/^\//, '').replace(/#.*/, ''); }

  // How much of a page's title is asked for, from 0 to 1; 0 too if the title lacks one of the words.
  function titled(page, asked) {
    const title = wordsOf(page[1].replace(/^\d+\.\s/, ''));
    const found = asked.every(function (word) {
      return title.some(function (other) { return other === word || (word.length > 3 && other.startsWith(word)); });
    });
    return found ? asked.length / title.length : 0;
  }

  // Pagefind takes a word that it does not have for one that begins alike, at last with one letter.
  function says(page, asked) {
    const content = page.content.toLowerCase();
    return asked.some(function (word) { return content.includes(word.slice(0, Math.max(3, word.length - 3))); });
  }

  // Pages in the order of Pagefind's scores, those to look things up after those to read.
  async function rank(queries, kinds, pagefind) {
    const scores = new Map();
    for (const query of new Set(queries)) {
      for (const kind of kinds) {
        const weight = WEIGHTS[kind] || 1;
        const found = await pagefind.search(query, { filters: { kind: [kind] } });
        found.results.forEach(function (result) {
          const score = weight * result.score;
          if (!(scores.get(result.id)?.score >= score)) { scores.set(result.id, { score, result }); }
        });
      }
    }
    return [...scores.values()].sort(function (a, b) { return b.score - a.score; })
      .map(function (one) { return one.result; });
  }

  function fetched(ranked, most) {
    return Promise.all(ranked.slice(0, most).map(function (result) { return result.data(); }));
  }

  async function ask(text, options) {
    const { pagefind, words, known } = await load();
    const spoken = wordsOf(text);
    const meant = spoken.filter(function (word) { return !SMALL.has(word); });
    let asked = meant.length ? meant : spoken, mending = '';
    if (!asked.length) { return null; }
    const kinds = [...new Set(words.pages.map(function (page) { return page[2]; }))]
      .filter(function (kind) { return options.api || kind !== 'API'; });
    function find() { return rank([asked.join(' '), spelledOut(asked, words).join(' ')], kinds, pagefind); }
    let ranked = await find();
    if (!asked.every(function (word) { return isKnown(word, known); })) {
      const seen = await fetched(ranked, FEW);
      const right = asked.map(function (word) {
        return seen.some(function (page) { return page.content.toLowerCase().includes(word); }) ? word : mended(word, known);
      });
      if (right.join(' ') !== asked.join(' ')) {
        asked = right;
        mending = right.join(' ');
        ranked = await find();
      }
    }
    const first = words.pages.filter(function (page) { return kinds.includes(page[2]) && titled(page, asked) > 0; })
      .sort(function (a, b) { return titled(b, asked) - titled(a, asked); }).slice(0, 3);
    const spelled = spelledOut(asked, words);
    const term = termOf(text, words) || termOf(asked.join(' '), words);
    const home = term && words.pages.find(function (page) { return page[0] === term[4]; });
    if (home && !first.includes(home)) { first.push(home); }
    const symbols = await symbolsOf(text, words);
    const table = symbols.length && words.pages.find(function (page) { return page[0] === 'book/notation.html'; });
    if (table && !first.includes(table)) { first.push(table); }
    const loaded = (await fetched(ranked, options.most))
      .filter(function (page) { return says(page, [...asked, ...spelled]); });
    const found = first.map(function (page) {
      return loaded.find(function (other) { return other.raw_url === '/' + page[0]; })
        || { raw_url: '/' + page[0], meta: { title: page[1] }, sub_results: [] };
    });
    loaded.forEach(function (page) { if (!found.includes(page)) { found.push(page); } });
    // The entry of the glossary stands above the results already: its page comes after the others.
    function told(page) { return Number(Boolean(term) && term[1].startsWith(fileOf(page))); }
    found.sort(function (a, b) { return told(a) - told(b); });
    return {
      term,
      symbols,
      mended: mending,
      ranked: ranked.length,
      count: loaded.length ? Math.max(ranked.length, found.length) : found.length,
      pages: found,
      titles: new Map(words.pages.map(function (page) { return [page[0], page[1]]; })),
      kinds: new Map(words.pages.map(function (page) { return [page[0], page[2]]; })),
    };
  }

  // --- What is shown ---------------------------------------------------------------------------

  function link(address, text, className) {
    const made = element('a', className, text);
    made.href = new URL(address.replace(/^\//, ''), BASE);
    return made;
  }

  function termBox(term) {
    const box = element('p', 'aimc-found-term');
    box.append(link(term[1], term[0]), term[3].length ? ' (' + term[3].join(', ') + '): ' : ': ', term[2]);
    return box;
  }

  function symbolBox([, letters, meaning, unit, places], titles) {
    const box = element('p', 'aimc-found-term'), formula = element('span');
    formula.innerHTML = letters; // as written in the page of notation
    box.append(formula, ': ' + meaning + (unit === '–' ? '' : ' (' + unit + ')'));
    places.forEach(function (place, k) {
      box.append(k ? ', ' : '; see ', link(place, titles.get(place.replace(/#.*/, '')) || place));
    });
    return box;
  }

  function pageItem(page, kind, parts) {
    const item = element('li');
    item.append(link(page.raw_url, page.meta.title, 'aimc-found-title'), ' ', element('span', 'aimc-found-kind', kind));
    const places = page.sub_results.filter(function (part) { return part.url.includes('#'); }).slice(0, parts);
    if (page.excerpt) {
      const words = element('p');
      words.innerHTML = page.excerpt; // escaped by Pagefind, but for its own <mark>
      item.append(words);
    }
    if (places.length) {
      const list = element('p', 'aimc-found-parts');
      places.forEach(function (part) {
        list.append(link(page.raw_url.replace(/#.*/, '') + part.url.slice(part.url.indexOf('#')), part.title.replace(/#$/, '')), ' ');
      });
      item.append(list);
    }
    return item;
  }

  function show(answer, box, parts) {
    const list = element('ol', 'aimc-found');
    const status = box.querySelector('[role=status]');
    const words = answer.count === 1 ? '1 page' : answer.count ? answer.count + ' pages' : 'Nothing found';
    status.textContent = words + (answer.mended ? ' for “' + answer.mended + '”' : '');
    answer.pages.forEach(function (page) {
      list.append(pageItem(page, answer.kinds.get(fileOf(page)) || '', parts));
    });
    const told = [...(answer.term ? [termBox(answer.term)] : []), ...answer.symbols.map(function (row) { return symbolBox(row, answer.titles); })];
    box.querySelector('.aimc-found-here').replaceChildren(...told, list);
  }

  // Answers while somebody types; of two answers on their way the later one is shown.
  function connect(input, box, options) {
    const status = element('p', 'aimc-found-status');
    status.setAttribute('role', 'status');
    box.append(status, element('div', 'aimc-found-here'));
    let timer = 0, last = 0;
    async function answer() {
      const text = input.value.trim();
      const mine = last += 1;
      if (!wordsOf(text).length) {
        status.textContent = '';
        box.querySelector('.aimc-found-here').replaceChildren();
        return;
      }
      try {
        const found = await askOnceMore(text, { most: options.most, api: options.api() });
        if (!found || mine !== last) { return; }
        show(found, box, options.parts);
        box.dataset.asked = text;
        if (options.told) { options.told(text); }
      } catch {
        if (mine === last) { status.textContent = 'The index could not be fetched.'; }
      }
    }
    input.addEventListener('input', function () {
      clearTimeout(timer);
      timer = setTimeout(answer, WAIT);
    });
    return answer;
  }

  // Arrow keys lead from the field to the results and back.
  function steps(input, box) {
    box.parentNode.addEventListener('keydown', function (event) {
      if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') { return; }
      const stops = [input, ...box.querySelectorAll('a')];
      const here = stops.indexOf(document.activeElement);
      const next = stops[here + (event.key === 'ArrowDown' ? 1 : -1)];
      if (here < 0 || !next) { return; }
      event.preventDefault();
      next.focus();
    });
  }

  function inDialog() {
    const wrapper = document.querySelector('.search-button__wrapper');
    const form = wrapper && wrapper.querySelector('form.bd-search');
    if (!form || document.getElementById('search-results')) { return; }
    const box = form.parentNode.appendChild(element('div', 'aimc-search'));
    connect(form.querySelector('input'), box, { most: SHOWN.dialog, parts: 0, api: function () { return false; } });
    steps(form.querySelector('input'), box);
    let before = null; // what had the focus
    form.querySelector('input').addEventListener('focus', function (event) {
      if (!wrapper.contains(event.relatedTarget)) { before = event.relatedTarget; }
    });
    wrapper.addEventListener('keydown', function (event) {
      if (event.key !== 'Escape') { return; }
      wrapper.classList.remove('show');
      if (before) { before.focus(); }
    });
  }

  function onPage() {
    const place = document.getElementById('search-results');
    const input = document.querySelector('.bd-search-container form.bd-search input');
    if (!place || !input) { return; }
    const asked = new URLSearchParams(location.search).get('q') || '';
    if (FROM_DISK) {
      place.before(element('p', 'aimc-found-status', 'Opened from disk this is a plain search for words; served from a folder ' +
        '(python -m http.server) it also knows abbreviations and mends slips of the pen.'));
      sphinxSearch();
      return;
    }
    const choice = element('label', 'aimc-found-choice');
    const api = element('input');
    api.type = 'checkbox';
    choice.append(api, ' the pages of the API too');
    place.append(choice);
    // Whoever comes back from a result finds what was asked last.
    function told(text) { history.replaceState(null, '', '?q=' + encodeURIComponent(text)); }
    const answer = connect(input, place, { most: SHOWN.page, parts: PARTS, api: function () { return api.checked; }, told });
    steps(input, place);
    api.addEventListener('change', answer);
    input.form.addEventListener('submit', function (event) {
      event.preventDefault();
      answer();
    });
    input.value = asked;
    answer();
  }

  // Scripts may be loaded from disk, where the parts of the other index cannot be fetched.
  function sphinxSearch() {
    ['_static/language_data.js', '_static/searchtools.js', 'searchindex.js'].forEach(function (name) {
      const script = element('script');
      script.src = new URL(name, BASE);
      script.async = false;
      document.head.append(script);
    });
  }

  if (!FROM_DISK) { inDialog(); }
  onPage();
})();
