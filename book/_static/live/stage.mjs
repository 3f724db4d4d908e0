// The frame of all drawings that are moved by hand: hint, drawing, buttons and words in their box, the
// pointer in the drawing's own px, the answer that belongs to a state, and room that changes. A stage
// itself has its own noun alone.

import { make } from './controls.mjs';
import { el } from './svg.mjs';

const ROOMY = 600; // px of the box from which a drawing takes its broad form

export class Stage {
  /**
   * @param box where it is to stand
   * @param shell {declaration, read(), write(changes)} of the explorer
   * @param about name and role of the drawing, a hint for the hand, what the words are (an element's
   *   name), and `free`: controls that leave the answer's scene as it is
   */
  constructor(box, { declaration, read, write }, { name, role = 'group', hint, said = 'p', free = [] }) {
    Object.assign(this, { box, declaration, read, write, free });
    this.controls = Object.fromEntries(declaration.controls.map((one) => [one.name, one]));
    this.svg = el('svg', { class: 'aimc-stage-drawing', role, 'aria-label': name });
    this.said = make(said, { class: 'aimc-stage-said' });
    box.classList.add(`aimc-stage-${declaration.stage}`);
    box.append(make('p', { class: 'aimc-stage-hint' }, hint), this.svg, this.said);
  }

  /** Give the drawing its size, in px of its own. */
  size(width, height) {
    this.svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  }

  /** Where the pointer is in the drawing: [x, y]. */
  pointer({ clientX, clientY }) {
    const { left, top, width } = this.svg.getBoundingClientRect();
    const scale = this.svg.viewBox.baseVal.width / width;
    return [(clientX - left) * scale, (clientY - top) * scale];
  }

  /** A button below the drawing. */
  button(words, act) {
    const made = make('button', { type: 'button' }, words);
    made.addEventListener('click', act);
    if (!this.buttons) {
      this.buttons = make('div', { class: 'aimc-stage-buttons' });
      this.said.before(this.buttons);
    }
    this.buttons.append(made);
    return made;
  }

  /**
   * A button that lets something run, a step each `beat` ms, where motion is wanted.
   *
   * @param begin makes the first step; `next` another one, and says whether more follow
   * @returns {halt()}
   */
  runner(words, beat, begin, next) {
    const calm = window.matchMedia('(prefers-reduced-motion: reduce)');
    let running = 0;
    const tell = () => {
      button.textContent = running ? 'Stop' : words;
      button.hidden = calm.matches;
    };
    const halt = () => {
      clearInterval(running);
      running = 0;
      tell();
    };
    const button = this.button(words, () => {
      if (running) {
        halt();
        return;
      }
      running = setInterval(() => {
        if (!this.box.isConnected || !next()) halt();
      }, beat);
      begin();
      tell();
    });
    calm.addEventListener('change', tell);
    tell();
    return { halt };
  }

  /** The scene of a state, or null if the last answer is that of another one. */
  scene(state) {
    const same = (name) => this.free.includes(name) || String(state[name]) === String(this.answer.state[name]);
    return this.answer && Object.keys(state).every(same) ? this.answer.scene : null;
  }

  /**
   * Draw each state.
   *
   * @param draw called with {state, scene, known, computed}: the state to be drawn; the last answer's
   *   scene; whether this belongs to the state, and the state to which it does
   * @param build called before with whether there is room for the broad form, and when that changes
   * @returns what `mount` of a stage returns: {update(state, answer)}
   */
  drawn(draw, build = null) {
    let [state, wide] = [null, null];
    const lay = () => {
      if (!build) return;
      wide = this.box.clientWidth >= ROOMY;
      this.svg.classList.toggle('aimc-stage-broad', wide);
      build(wide);
    };
    const redraw = () => {
      const known = this.scene(state) !== null;
      this.box.toggleAttribute('data-waiting', !known);
      draw({ state, scene: this.answer.scene, known, computed: this.answer.state });
    };
    new ResizeObserver(() => {
      if (!build || !state || !this.box.clientWidth || wide === this.box.clientWidth >= ROOMY) return;
      lay();
      redraw();
    }).observe(this.box);
    return {
      update: (now, answer) => {
        [state, this.answer] = [now, answer];
        if (wide === null) lay();
        redraw();
      },
    };
  }
}
