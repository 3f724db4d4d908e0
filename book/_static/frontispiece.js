// The crossbar of the first page. What each device conducts, on or off, was drawn by the library when
// the page was built; here stand its law of drift, Ohm's law and Kirchhoff's, and nothing else.
// book/_ext/frontispiece.py makes the drawing, whose parts are moved here. No module, since those do
// not load from a disk.

(() => {
  /** Conductance (S) of a device at a time (s) after programming. */
  function conductance(device, k, t, t0) {
    return device.g[k] * ((t + t0) / t0) ** -device.nu[k];
  }

  /** The sums of the columns: conductances row by row, inputs as shares of the largest voltage. */
  function products(g, inputs) {
    const sums = Array.from({ length: g.length / inputs.length }, () => 0);
    g.forEach((value, k) => { sums[k % sums.length] += value * inputs[Math.floor(k / sums.length)]; });
    return sums;
  }

  function relativeError(sums, exact) {
    const size = (values) => Math.hypot(...values);
    return size(exact) ? size(sums.map((value, k) => value - exact[k])) / size(exact) : 0;
  }

  const DECADES = [0, 7.5]; // of the time in seconds; the last place is a year
  const STEP = 0.05; // decades
  const LEVEL = 0.05; // of an input, by key
  const NAMES = [[3600 * 24 * 365.25, 'year'], [3600 * 24 * 30, 'month'], [3600 * 24, 'day'], [3600, 'hour'], [60, 'minute'], [1, 'second']];

  function age(seconds) {
    const [unit, name] = NAMES.find(([length]) => seconds >= 0.995 * length) ?? NAMES.at(-1);
    const number = Math.max(1, Math.round(seconds / unit));
    return `${number} ${name}${number === 1 ? '' : 's'}`;
  }

  function make(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  class Frontispiece {
    constructor(section) {
      this.data = JSON.parse(section.querySelector('.aimc-front-data').textContent);
      this.svg = section.querySelector('svg');
      this.drawing = section.querySelector('.aimc-front-drawing');
      this.words = section.querySelector('.aimc-front-words');
      this.parts = Object.fromEntries(['device', 'input', 'output', 'exact', 'flow'].map((name) => [name, [...this.svg.querySelectorAll(`.${name}`)]]));
      this.cursor = this.svg.querySelector('.cursor');
      this.on = [...this.data.pictures.Heart].map((letter) => letter === '#');
      this.inputs = [...this.data.inputs];
      this.decades = null; // null: just programmed
      this.compensated = false;
      this.place = { row: 0, column: 0 };
      this.build(section.querySelector('.aimc-front-controls'));
      this.listen();
      this.draw();
      section.dataset.state = 'live';
      section.aimcFront = this;
    }

    build(controls) {
      this.sentence = make('p', { class: 'aimc-front-sentence', role: 'status' });
      this.words.replaceChildren(this.sentence);
      const button = (words, action, attributes = {}) => {
        const made = make('button', { type: 'button', ...attributes }, words);
        made.addEventListener('click', () => { action(made); this.draw(); });
        return made;
      };
      const pictures = Object.entries(this.data.pictures).map(([name, letters]) =>
        button(name, () => { this.on = [...letters].map((letter) => letter === '#'); this.fresh(); }));
      this.time = make('input', { type: 'range', id: 'aimc-front-time', min: DECADES[0] - STEP, max: DECADES[1], step: STEP, value: DECADES[0] - STEP });
      this.time.addEventListener('input', () => {
        this.decades = this.time.valueAsNumber < DECADES[0] ? null : this.time.valueAsNumber;
        this.draw();
      });
      this.clock = make('output', { for: 'aimc-front-time' });
      this.compensate = button('Compensate', () => { this.compensated = !this.compensated; }, { 'aria-pressed': 'false' });
      const step = (k) => make('span', { class: 'aimc-front-step' }, `${k}. `);
      const group = (k, label, ...children) => make('div', { class: 'aimc-front-group', role: 'group', 'aria-label': label }, make('span', { 'aria-hidden': 'true' }, step(k), label), ...children);
      controls.replaceChildren(
        group(1, 'Write a picture, or paint', ...pictures),
        group(2, 'Send an input through, or pull one', button('Another input', () => this.another()), button('All the same', () => { this.inputs.fill(1); })),
        make('div', { class: 'aimc-front-group aimc-front-first' }, make('label', { for: 'aimc-front-time' }, step(3), 'Let time pass'), this.clock, this.time),
        group(4, 'Multiply all sums by one factor', this.compensate),
      );
      this.drawing.setAttribute('role', 'application');
      this.drawing.setAttribute('tabindex', '0');
      this.drawing.setAttribute('aria-roledescription', 'crossbar');
      this.drawing.setAttribute('aria-label', 'Crossbar of 16 rows and 16 columns. Arrow keys move, space switches a device; left of the first column, plus and minus change the input of the row.');
    }

    /** A picture that was just written has its whole life before it. */
    fresh() {
      this.decades = null;
      this.time.value = DECADES[0] - STEP;
    }

    another() {
      const { size } = this.data;
      const [a, b, c] = [Math.random(), Math.random() * 6, 1 + 3 * Math.random()];
      this.inputs = this.inputs.map((_, k) => Math.round(100 * Math.min(1, Math.max(0.05, 0.5 + 0.5 * Math.sin(c * k * (Math.PI / size) * 2 + b) * (0.6 + 0.4 * a)))) / 100);
    }

    listen() {
      this.drawing.addEventListener('pointerdown', (event) => this.down(event));
      this.drawing.addEventListener('pointermove', (event) => this.move(event));
      this.drawing.addEventListener('pointerup', () => this.settle());
      for (const end of ['pointerup', 'pointercancel', 'lostpointercapture']) this.drawing.addEventListener(end, () => { this.held = null; });
      this.drawing.addEventListener('keydown', (event) => this.key(event));
    }

    /** The place below the pointer; column -1 is the input of a row. */
    under(event) {
      const { pitch, left, top, lever } = this.data.geometry;
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
      const row = Math.floor((at.y - top) / pitch);
      if (row < 0 || row >= this.data.size) return null;
      if (at.x < left - 8) return { row, column: -1, share: Math.min(1, Math.max(0, (at.x - lever[0]) / lever[1])) };
      const column = Math.floor((at.x - left) / pitch);
      return column < 0 || column >= this.data.size ? null : { row, column };
    }

    down(event) {
      const place = this.under(event);
      if (!place || event.button > 0) return;
      event.preventDefault();
      this.drawing.focus({ preventScroll: true, focusVisible: false });
      this.drawing.setPointerCapture(event.pointerId);
      this.held = place.column < 0 ? { input: true } : { input: false, to: !this.on[this.index(place)] };
      // A finger may be about to scroll the page, which a tap or a drag to the side does not.
      if (event.pointerType === 'touch') this.held.from = { place, x: event.clientX, y: event.clientY };
      else this.touch(place);
    }

    move(event) {
      const from = this.held?.from;
      if (!this.held || (from && Math.abs(event.clientX - from.x) <= Math.abs(event.clientY - from.y))) return;
      this.settle();
      const place = this.under(event);
      if (place && (place.column < 0) === this.held.input) this.touch(place);
    }

    /** Do what a finger began, once it is no scroll. */
    settle() {
      if (!this.held?.from) return;
      const { place } = this.held.from;
      this.held.from = null;
      this.touch(place);
    }

    touch(place) {
      if (this.held.input) this.inputs[place.row] = Math.round(place.share * 100) / 100;
      else this.on[this.index(place)] = this.held.to;
      this.place = { row: place.row, column: place.column };
      this.draw();
    }

    index({ row, column }) {
      return row * this.data.size + column;
    }

    key(event) {
      if (event.ctrlKey || event.altKey || event.metaKey) return; // the browser's own
      const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
      const last = this.data.size - 1;
      const { row, column } = this.place;
      if (event.key in steps) {
        const [down, right] = steps[event.key];
        this.place = { row: Math.min(last, Math.max(0, row + down)), column: Math.min(last, Math.max(-1, column + right)) };
      } else if (event.key === ' ' || event.key === 'Enter') {
        if (column < 0) this.inputs[row] = this.inputs[row] > 0 ? 0 : 1;
        else this.on[this.index(this.place)] = !this.on[this.index(this.place)];
      } else if ('+-'.includes(event.key) && column < 0) {
        const to = this.inputs[row] + (event.key === '+' ? LEVEL : -LEVEL);
        this.inputs[row] = Math.round(Math.min(1, Math.max(0, to)) * 100) / 100;
      } else return;
      event.preventDefault();
      this.draw();
    }

    /** All that can be seen, from pictures, inputs, time and factor. Also what the tests compare. */
    compute() {
      const { devices, g_max: top, t_0: t0, year } = this.data;
      const seconds = this.decades === null ? 0 : Math.min(10 ** this.decades, year);
      const state = (k) => (this.on[k] ? devices.on : devices.off);
      const at = (t) => this.on.map((_, k) => conductance(state(k), k, t, t0));
      const sum = (values) => values.reduce((a, b) => a + b, 0);
      const g = at(seconds);
      const factor = this.compensated ? sum(at(0)) / sum(g) : 1;
      const exact = products(this.on.map((on) => (on ? top : 0)), this.inputs);
      const sums = products(g, this.inputs).map((value) => factor * value);
      return { seconds, g, factor, exact, sums, error: relativeError(sums, exact) };
    }

    draw() {
      const now = this.compute();
      const { g_max: top, geometry } = this.data;
      const { radius, lever, unit, deepest, pitch, left } = geometry;
      this.parts.device.forEach((dot, k) => dot.setAttribute('r', (radius * Math.sqrt(now.g[k] / top)).toFixed(2)));
      this.parts.input.forEach((bar, k) => bar.setAttribute('width', (lever[1] * this.inputs[k]).toFixed(1)));
      const height = (value) => Math.min((unit * value) / top, deepest).toFixed(1);
      this.parts.output.forEach((bar, k) => bar.setAttribute('height', height(now.sums[k])));
      this.parts.exact.forEach((bar, k) => bar.setAttribute('height', height(now.exact[k])));
      this.parts.flow.forEach((line, k) => {
        const current = now.sums[k] / now.factor / top;
        line.style.animationDuration = current > 0.05 ? `${Math.min(12, 6 / current).toFixed(2)}s` : '0s';
        line.style.opacity = current > 0.05 ? 1 : 0;
      });
      const { row, column } = this.place;
      this.cursor.setAttribute('x', column < 0 ? lever[0] - 4 : left + column * pitch);
      this.cursor.setAttribute('width', column < 0 ? lever[1] + 8 : pitch);
      this.cursor.setAttribute('y', geometry.top + row * pitch);
      this.clock.textContent = this.decades === null ? 'fresh' : age(now.seconds);
      this.time.setAttribute('aria-valuetext', this.clock.textContent);
      this.compensate.setAttribute('aria-pressed', String(this.compensated));
      this.say(now);
    }

    say({ error, factor, seconds, exact }) {
      const percent = error < 0.0995 ? (100 * error).toFixed(1) : Math.round(100 * error);
      const when = this.decades === null ? 'Just programmed' : `After ${age(seconds)}`;
      const what = exact.some((value) => value > 0)
        ? `${when}, the 16 sums are ${percent}% off${this.compensated ? `, each multiplied by ${factor.toFixed(2)}` : ''}. `
        : this.inputs.some((value) => value > 0) ? 'Nothing conducts: paint a picture. ' : 'No voltage is applied: pull an input. ';
      let why = '256 multiplications happened at once, and no device landed quite where it should.';
      if (this.decades !== null) why = 'Nobody touched the devices. Their glass relaxes, and all of them conduct less; dashed is what should come out.';
      if (this.compensated) why = 'One factor brings the mean back. It cannot bring back what each device does by itself.';
      const { row, column } = this.place;
      const here = document.activeElement === this.drawing && this.drawing.matches(':focus-visible')
        ? ` (${column < 0 ? `Input ${row + 1}: ${Math.round(100 * this.inputs[row])}%` : `Row ${row + 1}, column ${column + 1}: ${this.on[this.index(this.place)] ? 'on' : 'off'}`}.)` : '';
      const text = what + why + here;
      if (text !== this.sentence.textContent) this.sentence.textContent = text;
    }
  }

  for (const section of document.querySelectorAll('section.aimc-front')) new Frontispiece(section);
})();
