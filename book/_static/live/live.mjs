// Code on a page that a reader may change and run: an editor, Run and Reset, and the output below.

import { render } from './chart.mjs';
import { make } from './controls.mjs';
import { reason, runtime } from './loader.mjs';
import { readable } from './reader.mjs';

const INDENT = '    ';

/** Type text at the cursor so that the browser's own undo still works. */
function type(editor, text) {
  if (!document.execCommand('insertText', false, text)) {
    editor.setRangeText(text, editor.selectionStart, editor.selectionEnd, 'end');
    editor.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

class Cell {
  constructor(section, k) {
    this.section = section;
    this.printed = section.querySelector('pre');
    this.original = this.printed.textContent.replace(/\n+$/, '');
    this.build(section.id || `aimc-live-${k}`);
  }

  build(id) {
    this.editor = make('textarea', {
      id: `${id}-code`, spellcheck: 'false', autocapitalize: 'off', autocomplete: 'off', wrap: 'off',
      'aria-describedby': `${id}-keys`,
    });
    this.editor.value = this.original;
    this.editor.setSelectionRange(0, 0); // a browser would start at the end and scroll there
    const label = make('label', { for: this.editor.id }, 'Python, yours to change');
    const keys = make('p', { class: 'aimc-live-keys', id: `${id}-keys` },
      'Ctrl+Enter (or ⌘+Enter) runs the code. Tab indents; Escape, then Tab, moves on.');
    this.runButton = make('button', { type: 'button', class: 'aimc-live-run' }, 'Run');
    this.resetButton = make('button', { type: 'button', class: 'aimc-live-reset' }, 'Reset');
    this.stopButton = make('button', { type: 'button', class: 'aimc-live-stop', hidden: '' }, 'Stop');
    this.progress = make('progress', { max: 1, 'aria-label': 'Python is at work', hidden: '' });
    this.output = make('div', { class: 'aimc-live-output', role: 'status', 'aria-atomic': 'false' });
    this.charts = make('div', { class: 'aimc-live-charts' });
    this.said = make('p', { class: 'aimc-said', role: 'status' });
    const buttons = make('div', { class: 'aimc-live-buttons' }, this.runButton, this.stopButton, this.resetButton, this.progress);
    this.printed.replaceWith(label, this.editor, keys, buttons, this.output, this.charts, this.said);
    this.editor.addEventListener('input', () => this.fit());
    this.editor.addEventListener('keydown', (event) => this.key(event));
    this.editor.addEventListener('blur', () => { this.free = false; });
    this.runButton.addEventListener('click', () => this.run());
    this.stopButton.addEventListener('click', () => this.stop());
    this.resetButton.addEventListener('click', () => this.reset());
    this.fit();
  }

  /** As many lines as the code has. */
  fit() {
    this.editor.rows = Math.max(2, this.editor.value.split('\n').length);
  }

  key(event) {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.run();
    } else if (event.key === 'Escape') {
      this.free = true; // the next Tab leaves the editor
    } else if (event.key === 'Tab' && !event.shiftKey && !event.ctrlKey && !event.altKey && !this.free) {
      event.preventDefault();
      type(this.editor, INDENT);
    } else if (!['Tab', 'Shift'].includes(event.key)) {
      this.free = false;
    }
  }

  reset() {
    this.editor.value = this.original;
    this.fit();
    this.output.replaceChildren();
    this.charts.replaceChildren();
    if (!this.atWork) this.section.dataset.state = 'static';
  }

  /** Show whether code runs. The focus stays: Run is marked, not disabled. */
  set running(value) {
    this.atWork = value;
    this.progress.hidden = !value;
    this.progress.removeAttribute('value');
    this.stopButton.hidden = !value;
    if (value) this.runButton.setAttribute('aria-disabled', 'true');
    else this.runButton.removeAttribute('aria-disabled');
  }

  /** End code that does not end by itself. */
  async stop() {
    this.runButton.focus();
    (await runtime()).stop();
  }

  async run() {
    if (this.atWork) return;
    this.running = true;
    this.section.dataset.state = 'loading';
    this.charts.replaceChildren();
    const printed = make('pre', {});
    this.output.replaceChildren(printed);
    let streamed = '';
    const onOutput = (text) => {
      streamed += text;
      printed.append(text);
    };
    try {
      const { runCode } = await runtime();
      this.show(await runCode(this.editor.value, onOutput, (stage, share) => this.report(share)), printed);
    } catch (error) {
      const message = String(error?.message ?? error);
      this.show({ stdout: streamed, error: message === 'stopped' ? 'Stopped.' : message, charts: [] }, printed);
    }
    this.running = false;
  }

  report(share) {
    this.section.dataset.state = share >= 1 ? 'running' : 'loading';
    if (share < 1) this.progress.value = share;
    else this.progress.removeAttribute('value');
  }

  show(result, printed) {
    if (printed.textContent !== result.stdout) printed.textContent = result.stdout || '';
    printed.hidden = !printed.textContent;
    if (result.error?.trim().endsWith('KeyboardInterrupt')) {
      this.output.append(make('p', { class: 'aimc-live-error' }, 'Stopped.'));
    } else if (result.error) {
      // What is wrong comes first; where it happened can be opened.
      this.output.append(make('p', { class: 'aimc-live-error' }, reason(result.error)));
      if (result.error.trim().includes('\n')) {
        this.output.append(make('details', {}, make('summary', {}, 'Where it happened'), make('pre', {}, result.error.trim())));
      }
    } else if (!result.stdout && !result.charts?.length) {
      this.output.append(make('p', {}, 'Done; nothing was printed.'));
    }
    const width = Math.floor(this.charts.getBoundingClientRect().width) || 600;
    const height = width > 500 ? 340 : 300;
    this.charts.append(...(result.charts ?? []).map((chart) => readable(
      render(chart, { width, height, description: `Chart made by the code above: ${chart.title}` }), this.said,
    )));
    this.section.aimcResult = result;
    this.section.dataset.state = result.error ? 'error' : 'live';
    this.section.dispatchEvent(new CustomEvent('aimc:result', { bubbles: true, detail: result }));
  }
}

document.querySelectorAll('section.aimc-live').forEach((section, k) => new Cell(section, k));
