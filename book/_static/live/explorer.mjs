// The page's shell of an explorer: controls from its declaration, charts and a sentence from its
// answers. The computation itself is Python's, in a worker, and is loaded when a reader wants it.

import { changesOf, fromHash, showInAddress } from './address.mjs';
import { render } from './chart.mjs';
import { buildControls, make } from './controls.mjs';
import { reason, runtime } from './loader.mjs';
import { readable } from './reader.mjs';

const IN_VIEW = 3000; // ms in view after which a reader is taken to be interested
const NEAR = '600px'; // from the screen, where an explorer fetches what it answers at once
const SIGN = 200; // ms of computing after which the page shows it
const LONG = 1000; // ms after which a call ends if a newer state waits,
const SHORT = 250; // ms if its explorer's calls are known to take longer than that
const QUIET = 800; // ms without a new answer, after which the last one is read aloud
const NARROW = 560; // px of an explorer below which its charts are swiped, one at a time
const TWO_COLUMNS = 600; // px from which two charts stand beside each other
const GAP = 20; // px between them; the same in live.css
const SWIPED = { height: 260 }; // px of a chart on a phone, and of one that stays above the controls
const LOW = { height: 190, least: 100 };
const SQUARE = 220; // px across such a one, if its width decides its height

class Explorer {
  constructor(section) {
    this.section = section;
    section.classList.add('full-width'); // the theme hides what stands in the margin meanwhile
    const json = (name) => JSON.parse(section.querySelector(`.aimc-explorer-${name}`).textContent);
    const part = (name) => section.querySelector(`.aimc-explorer-${name}`);
    this.declaration = json('declaration');
    this.initial = json('default');
    this.charts = part('charts');
    this.sentence = part('sentence');
    this.picture = this.charts.querySelector('img');
    this.boxes = []; // of the charts; they stay, so that a reader's place in them does
    this.said = make('p', { class: 'aimc-said', role: 'status' });
    this.controls = buildControls(this.declaration.controls, section.id);
    this.busy = false;
    this.waiting = false;
    this.build(part('controls'), part('buttons'));
    this.draw(this.initial);
    this.raise();
    this.restore();
    this.watch();
  }

  build(controls, buttons) {
    controls.replaceChildren(...this.controls.elements);
    this.tabs = make('div', { class: 'aimc-explorer-tabs', role: 'group', 'aria-label': 'Charts' });
    // Controls stand beside the charts, or below them on a phone, and what is said follows the charts.
    const bench = make('div', { class: 'aimc-explorer-bench' });
    controls.before(bench);
    this.answer = make('div', { class: 'aimc-explorer-answer' }, this.charts, this.tabs);
    this.bench = bench;
    bench.append(controls, this.answer);
    this.charts.addEventListener('scroll', () => this.mark(), { passive: true });
    controls.addEventListener('input', () => this.changed());
    controls.addEventListener('pointerdown', () => this.begin());
    this.warnings = make('ul', { class: 'aimc-explorer-warnings' });
    this.sentence.after(this.warnings, this.said);
    this.bar = make('progress', { max: 1, 'aria-label': 'Loading Python' });
    this.stage = make('span', { role: 'status' });
    this.progress = make('p', { class: 'aimc-explorer-progress', hidden: '' }, this.bar, this.stage);
    this.fault = make('div', { class: 'aimc-explorer-fault', role: 'alert' });
    this.start = make('button', { type: 'button', class: 'aimc-explorer-start' }, 'Compute here');
    this.start.addEventListener('click', () => this.request());
    this.resetButton = make('button', { type: 'button', class: 'aimc-explorer-reset' }, 'Reset');
    this.resetButton.addEventListener('click', () => this.reset());
    this.link = make('button', { type: 'button', class: 'aimc-explorer-link' }, 'Copy link');
    this.link.addEventListener('click', () => this.copyLink());
    buttons.replaceChildren(this.start, this.resetButton, this.link, this.progress, this.fault);
  }

  /** Bring the drawing that is moved by hand, if the explorer has one; it stands before the charts. */
  async raise() {
    if (!this.declaration.stage) return;
    const { mount } = await import(`./stages/${this.declaration.stage}.mjs`);
    const box = make('div', { class: 'aimc-stage' });
    const { controls } = this;
    const stage = mount(box, {
      declaration: this.declaration,
      read: controls.read,
      write: (changes) => {
        controls.write({ ...controls.read(), ...changes });
        this.changed();
      },
    });
    // It gets the last answer with the state that this belongs to; both differ while Python computes.
    this.update = () => stage.update(controls.read(), {
      ...this.drawn, state: this.section.aimcState ?? controls.defaults,
    });
    this.update();
    this.bench.before(box.querySelector('.aimc-stage-hint')); // a phone has room for it there alone
    this.charts.prepend(box);
    this.stageBox = box;
    this.bring(0); // a strip would keep the chart that was first
    this.label(this.drawn.charts);
  }

  get state() {
    return this.section.dataset.state;
  }

  set state(value) {
    this.section.dataset.state = value;
    const focused = document.activeElement;
    const pressed = focused === this.start || this.fault.contains(focused);
    this.progress.hidden = value !== 'loading';
    this.start.hidden = value !== 'static';
    this.sign(value === 'running');
    if (value !== 'error') this.fault.replaceChildren();
    if (pressed) this.resetButton.focus({ preventScroll: true }); // what was pressed is gone
  }

  /** Show that an answer is computed, once that takes long enough to be noticed. */
  sign(running) {
    if (running === Boolean(this.signing)) return;
    clearTimeout(this.signing);
    this.signing = running ? setTimeout(() => { this.section.dataset.slow = ''; }, SIGN) : 0;
    if (!running) delete this.section.dataset.slow;
  }

  /** Load and compute, unless that has begun already. */
  begin() {
    if (this.state === 'static') this.request();
  }

  changed() {
    this.update?.();
    clearTimeout(this.address);
    this.address = setTimeout(() => this.writeAddress(), 250);
    this.recall();
    this.request();
  }

  /** The answers to the first step of each control, which come with the page: a Map. */
  stored() {
    this.memory ??= fetch(this.section.dataset.answers)
      .then((reply) => (reply.ok ? reply.json() : { answers: [] }))
      .catch(() => ({ answers: [] })) // not there, or a page of somebody else's in its place
      .then(({ charts, scenes, answers }) => new Map(answers.map((answer) => [
        written(answer.name, answer.value),
        { ...answer, charts: answer.charts.map((k) => charts[k]), scene: scenes[answer.scene] },
      ])));
    return this.memory;
  }

  /** Until Python is there, show an answer that came with the page, if there is one. */
  async recall() {
    if (this.live) return;
    const state = this.controls.read();
    const changes = Object.entries(changesOf(state, this.controls.defaults));
    if (changes.length > 1) return;
    const answer = changes.length ? (await this.stored()).get(written(...changes[0])) : this.initial;
    const shown = this.section.aimcState ?? this.controls.defaults;
    if (this.live || !answer || JSON.stringify(state) === JSON.stringify(shown)) return;
    if (JSON.stringify(state) !== JSON.stringify(this.controls.read())) return; // it moved on
    this.show(state, { ...answer, stored: true }, 0);
  }

  writeAddress() {
    clearTimeout(this.address);
    showInAddress(this.section.id, this.controls.read(), this.controls.defaults);
  }

  reset() {
    this.controls.write(this.controls.defaults);
    this.update?.();
    this.writeAddress();
    // Before Python is there, the default answer that the page brings along will do.
    this.recall();
    if (this.state !== 'static') this.request();
  }

  /** Ask for the state as it is now. One call is in flight; of those that wait the newest wins. */
  async request() {
    this.waiting = true;
    this.hurry();
    if (this.busy) return;
    this.busy = true;
    while (this.waiting) await this.ask();
    this.busy = false;
  }

  /** End the call in flight when it has run long and a newer state waits. */
  hurry() {
    if (!this.call || this.hurrying) return;
    const { call, begun, usual } = this;
    const allowed = usual > LONG ? SHORT : LONG;
    this.hurrying = setTimeout(() => call.abort(), Math.max(0, begun + allowed - performance.now()));
  }

  async ask() {
    this.waiting = false;
    try {
      if (this.live) this.state = 'running';
      else this.report('Loading Python', undefined);
      const { ask, load } = await runtime();
      await load((stage, share) => this.report(stage, share));
      this.state = 'running';
      this.waiting = false; // for what was moved meanwhile
      const state = this.controls.read();
      this.begun = performance.now();
      this.call = new AbortController();
      const answer = await ask(this.section.dataset.target, state, undefined, this.call.signal);
      this.usual = performance.now() - this.begun;
      this.live = true;
      this.show(state, answer, this.usual);
      if (!this.waiting) this.state = 'live';
    } catch (error) {
      if (!this.waiting) this.fail(error);
    } finally {
      this.call = null;
      clearTimeout(this.hurrying);
      this.hurrying = 0;
    }
  }

  /** What the runtime is doing; it may have to start anew, after a reader stopped some code. */
  report(stage, share) {
    this.state = share >= 1 ? 'running' : 'loading';
    if (this.stage.textContent !== stage) this.stage.textContent = stage;
    if (Number.isFinite(share)) this.bar.value = share;
    else this.bar.removeAttribute('value');
  }

  show(state, answer, milliseconds) {
    this.sentence.textContent = answer.sentence;
    // While a hand moves, every answer read aloud would be too many.
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => { this.said.textContent = answer.sentence; }, QUIET);
    this.warnings.replaceChildren(...(answer.warnings ?? []).map((text) => make('li', {}, text)));
    this.draw(answer);
    this.section.aimcState = state;
    this.section.aimcAnswer = answer;
    this.update?.();
    this.section.dispatchEvent(new CustomEvent('aimc:answer', { bubbles: true, detail: { state, answer, milliseconds } }));
  }

  async retry() {
    this.report('Loading Python', undefined); // at once: the import below may take a while
    try {
      (await runtime()).renew();
    } catch {
      // It is what could not be loaded; the request tries that again.
    }
    this.request();
  }

  fail(error) {
    this.state = 'error';
    const again = make('button', { type: 'button', class: 'aimc-explorer-retry' }, 'Try again');
    again.addEventListener('click', () => this.retry());
    this.fault.replaceChildren(
      make('p', {}, make('strong', {}, 'This could not be computed. '), `${reason(error)} `,
        'The picture and the sentence show the last state that could.'),
      again,
    );
  }

  /** Draw an answer's charts in place of the picture; it comes back on paper if that fails. */
  draw(answer) {
    const before = this.drawn === answer ? [] : this.drawn?.charts ?? [];
    this.drawn = answer;
    // `clientWidth` may be rounded up, and two charts would not fit beside each other
    const wide = Math.floor(this.charts.getBoundingClientRect().width) || 600;
    this.swiped = this.section.clientWidth < NARROW;
    this.section.toggleAttribute('data-swiped', this.swiped);
    const columns = wide >= TWO_COLUMNS ? Math.min(2, answer.charts.length) : 1;
    const width = Math.floor((wide - GAP * (columns - 1)) / columns);
    const height = columns === 1 && wide > 500 ? 340 : 300;
    const size = !this.swiped ? { height } : this.low ? LOW : SWIPED;
    const across = (chart) => (this.low && chart.equal ? SQUARE : width);
    const svgs = answer.charts.map((chart) => render(chart, { width: across(chart), ...size }));
    this.width = wide;
    // The old drawing stays until the new one is complete, so that the page does not jump.
    svgs.forEach((svg, k) => {
      this.boxes[k] = readable(svg, this.said, this.boxes[k]);
      if (!this.boxes[k].isConnected) this.charts.append(this.boxes[k]);
    });
    for (const box of this.boxes.splice(svgs.length)) box.remove();
    if (this.picture) this.picture.hidden = true;
    this.label(answer.charts);
    if (this.swiped && before.length) this.follow(before, answer.charts);
  }

  /**
   * On a phone charts stay above the controls, and lower ones once the first controls have passed. The
   * room that they leave stays with them, so that nothing below moves under a finger.
   */
  stick(low) {
    if (low === Boolean(this.low)) return;
    this.full = this.answer.offsetHeight;
    this.low = low;
    this.section.toggleAttribute('data-low', low);
    this.draw(this.drawn);
    this.fit();
  }

  /** Let the strip be as high as what is in sight, while it is low. */
  fit() {
    const shown = [this.stageBox, ...this.boxes].filter(Boolean)[this.inSight];
    this.charts.style.height = this.low ? `${shown.offsetHeight}px` : '';
    const left = this.low ? Math.max(0, this.full - this.answer.offsetHeight) : 0;
    this.answer.style.marginBottom = left ? `calc(0.8rem + ${left}px)` : '';
  }

  /** A button for the stage and for each chart of a phone's strip. */
  label(charts) {
    const titles = [...(this.stageBox ? ['By hand'] : []), ...charts.map((chart) => chart.title)];
    this.tabs.hidden = !this.swiped || titles.length === 1;
    while (this.tabs.children.length > titles.length) this.tabs.lastChild.remove();
    titles.forEach((title, k) => {
      if (!this.tabs.children[k]) {
        const tab = make('button', { type: 'button' });
        tab.addEventListener('click', () => this.bring(k));
        this.tabs.append(tab);
      }
      this.tabs.children[k].textContent = title;
    });
    this.mark();
  }

  /** Which chart of the strip is in sight. */
  get inSight() {
    return Math.round(this.charts.scrollLeft / (this.charts.clientWidth + GAP));
  }

  mark() {
    if (this.tabs.hidden) return;
    this.charts.toggleAttribute('data-by-hand', Boolean(this.stageBox) && this.inSight === 0);
    [...this.tabs.children].forEach((tab, k) => tab.setAttribute('aria-current', String(k === this.inSight)));
    const { offsetLeft = 0, offsetWidth = 0 } = this.tabs.children[this.inSight] ?? {};
    this.tabs.scrollLeft = offsetLeft - (this.tabs.clientWidth - offsetWidth) / 2;
    if (this.low) this.fit();
  }

  bring(k) {
    this.charts.scrollLeft = k * (this.charts.clientWidth + GAP);
  }

  /** If the chart in sight is the same as before, bring one that has changed. */
  follow(before, now) {
    const changed = now.map((chart, k) => JSON.stringify(chart) !== JSON.stringify(before[k]));
    if (this.stageBox) changed.unshift(this.inSight === 0); // it shows every state
    if (!changed[this.inSight] && changed.includes(true)) this.bring(changed.indexOf(true));
  }

  /** Take over a state from an address, the page's by default, if it has one for this explorer. */
  restore(address) {
    const state = fromHash(this.section.id, address);
    if (!state) return;
    clearTimeout(this.address); // what is still to be written there is older
    this.controls.write(state);
    this.update?.();
    this.section.scrollIntoView();
    this.recall();
    // Following such a link is asking for that state. Whoever saves data presses the button.
    if (!savesData()) this.request();
  }

  watch() {
    // The event's own address: a state may have been written over it since.
    window.addEventListener('hashchange', (event) => this.restore(event.newURL));
    new ResizeObserver(() => {
      if (Math.abs(this.charts.getBoundingClientRect().width - this.width) >= 1) this.draw(this.drawn);
    }).observe(this.charts);
    const mast = make('span', { class: 'aimc-explorer-mast' });
    this.bench.prepend(mast);
    new IntersectionObserver(([entry]) => {
      const tall = window.matchMedia('(min-height: 600px)').matches; // as in live.css
      this.stick(this.swiped && tall && !entry.isIntersecting);
    }, { rootMargin: '-49px 0px 999999px' }).observe(mast); // all that lies below the page's bar
    const near = new IntersectionObserver(([entry]) => {
      if (!entry.isIntersecting) return;
      near.disconnect();
      this.stored();
    }, { rootMargin: NEAR });
    if (!savesData()) near.observe(this.section);
    // Whoever saves data, or reads on a phone, asks for the 30 MB of Python by a touch.
    if (savesData() || window.matchMedia('(max-width: 700px), (pointer: coarse)').matches) return;
    let timer = 0;
    const seen = new IntersectionObserver(([entry]) => {
      clearTimeout(timer);
      if (!entry.isIntersecting) return;
      timer = setTimeout(() => {
        seen.disconnect();
        this.begin();
      }, IN_VIEW);
    }, { threshold: 0.2 });
    seen.observe(this.section);
  }

  async copyLink() {
    this.writeAddress();
    const link = `${window.location.href.split('#')[0]}#${this.linkHash()}`;
    const said = await navigator.clipboard?.writeText(link).then(() => 'Copied', () => null);
    this.link.textContent = said ?? 'The link is in the address bar';
    setTimeout(() => { this.link.textContent = 'Copy link'; }, 2500);
  }

  linkHash() {
    const hash = window.location.hash.slice(1);
    return hash.startsWith(this.section.id) ? hash : this.section.id;
  }
}

/** How a moved control is written down. */
function written(name, value) {
  return `${name}=${[value].flat(2).map((item) => (typeof item === 'number' ? Number(item.toPrecision(9)) : item))}`;
}

function savesData() {
  return Boolean(navigator.connection?.saveData);
}

for (const section of document.querySelectorAll('section.aimc-explorer')) {
  try {
    new Explorer(section);
  } catch (error) {
    // The picture, the sentence and the code still stand there.
    section.dataset.state = 'error';
    section.append(make('p', { role: 'alert', class: 'aimc-explorer-fault' }, `The controls could not be made: ${reason(error)}`));
  }
}
