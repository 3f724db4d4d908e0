// Controls made from an explorer's declaration: sliders, choices, switches and tables of numbers.
//
// Each control is {element, read(), write(value)}; `write` takes any value and keeps to what is
// allowed. Native inputs only, so that keyboards, screen readers and phones know what to do.

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

export { make };

/** A value with as many decimals as its control's steps have. */
function shown(value, step) {
  const places = (String(step).split('.')[1] ?? '').length;
  return value.toFixed(places).replace('-', '\u2212');
}

/** A limit without rounding's last digits: 25, not 25.000000000000004. */
function tidy(value) {
  return Number(value.toPrecision(9));
}

function withUnit(label, unit) {
  return unit && !label.includes(`(${unit})`) ? `${label} (${unit})` : label;
}

/** What a slider says: its words for this step, or number and unit. A percent sign follows directly. */
function spoken(control, value, row) {
  if (control.words?.length) {
    const words = control.words[row];
    const step = Math.round((value - control.low) / control.step);
    return words[Math.min(Math.max(step, 0), words.length - 1)];
  }
  const joint = !control.unit || control.unit.startsWith('%') ? '' : ' ';
  return `${shown(value, control.step)}${joint}${control.unit ?? ''}`;
}

function slider(control, id, row = () => 0) {
  const input = make('input', {
    type: 'range', id, name: control.name, min: control.low, max: control.high, step: control.step,
  });
  const output = make('output', { for: id });
  const label = make('label', { for: id }, control.label);
  const tell = () => {
    output.textContent = spoken(control, input.valueAsNumber, row());
    input.setAttribute('aria-valuetext', output.textContent);
  };
  input.addEventListener('input', tell);
  return {
    element: make('div', { class: 'aimc-control aimc-control-slider' }, label, output, input),
    read: () => input.valueAsNumber,
    tell,
    write(value) {
      const number = Number(value);
      // The input itself keeps to its range and steps.
      input.value = value !== '' && Number.isFinite(number) ? number : control.value;
      tell();
    },
  };
}

const MOST_RADIOS = 3;

function choice(control, id) {
  const write = (value, set) => set(control.options.includes(value) ? value : control.value);
  if (control.options.length > MOST_RADIOS) {
    const select = make('select', { id, name: control.name },
      ...control.options.map((option) => make('option', { value: option }, option)));
    return {
      element: make('div', { class: 'aimc-control aimc-control-choice' }, make('label', { for: id }, control.label), select),
      read: () => select.value,
      write: (value) => write(value, (option) => { select.value = option; }),
    };
  }
  const inputs = control.options.map((option, k) =>
    make('input', { type: 'radio', id: `${id}-${k}`, name: id, value: option }));
  const lines = inputs.map((input, k) => make('span', { class: 'aimc-option' }, input, make('label', { for: input.id }, control.options[k])));
  return {
    element: make('fieldset', { class: 'aimc-control aimc-control-radios' }, make('legend', {}, control.label), ...lines),
    read: () => inputs.find((input) => input.checked)?.value,
    write: (value) => write(value, (option) => {
      for (const input of inputs) input.checked = input.value === option;
    }),
  };
}

function toggle(control, id) {
  const input = make('input', { type: 'checkbox', id, name: control.name });
  return {
    element: make('div', { class: 'aimc-control aimc-control-toggle' }, input, make('label', { for: id }, control.label)),
    read: () => input.checked,
    write: (value) => {
      input.checked = typeof value === 'boolean' ? value : { true: true, false: false }[value] ?? control.value;
    },
  };
}

function cell(control, i, j, name) {
  const input = make('input', {
    type: 'number', inputmode: control.low < 0 ? undefined : 'decimal', 'aria-label': name,
    min: tidy(control.low), max: tidy(control.high), step: control.step, 'data-row': i, 'data-column': j,
  });
  const allowed = () => input.value !== '' && input.valueAsNumber >= control.low && input.valueAsNumber <= control.high;
  let last = control.value[i][j];
  const write = (value) => {
    const number = value === '' || value === undefined ? NaN : Number(value);
    last = Number.isFinite(number) ? Math.min(Math.max(number, control.low), control.high) : control.value[i][j];
    input.value = last;
    input.removeAttribute('aria-invalid');
  };
  input.addEventListener('input', () => {
    if (allowed()) last = input.valueAsNumber;
    if (allowed()) input.removeAttribute('aria-invalid');
    else input.setAttribute('aria-invalid', 'true');
  });
  // On leaving, what is out of range goes to its edge, and what is no number goes back.
  input.addEventListener('change', () => {
    if (allowed()) return;
    write(input.value === '' ? last : input.valueAsNumber);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
  return { input, read: () => last, write };
}

function grid(control, id) {
  const single = control.rows.length === 1;
  const title = withUnit(control.label, control.unit);
  const cells = control.rows.map((row, i) => control.columns.map((column, j) =>
    cell(control, i, j, `${title}, ${single ? column : `${row} ${column}`}`)));
  const head = make('tr', {}, make('td', {}), ...control.columns.map((name) => make('th', { scope: 'col' }, name)));
  const body = cells.map((row, i) => make('tr', {}, make('th', { scope: 'row' }, control.rows[i]),
    ...row.map(({ input }) => make('td', {}, input))));
  const edge = (value) => String(tidy(value)).replace('-', '\u2212');
  const allowed = `${edge(control.low)} to ${edge(control.high)}`;
  const table = make('table', { class: 'aimc-grid' }, make('caption', {}, `${title}, ${allowed}`),
    make('thead', {}, head), make('tbody', {}, ...body));
  return {
    element: make('div', { class: 'aimc-control aimc-control-grid', id, role: 'group', 'aria-label': title }, table),
    read: () => cells.map((row) => row.map((item) => item.read())),
    write(value) {
      const flat = (typeof value === 'string' ? value.split(',') : value.flat());
      cells.flat().forEach((item, k) => item.write(flat[k]));
    },
  };
}

const KINDS = { slider, choice, toggle, grid };

/** Why a control can do nothing in a state, in words; empty if it can. */
function idle(control, state, declared) {
  for (const [name, values] of Object.entries(control.needs ?? {})) {
    if (values.includes(state[name])) continue;
    const other = declared.find((one) => one.name === name);
    const wanted = other.kind === 'toggle' ? (values[0] ? 'on' : 'off') : values.join(' or ');
    return `Matters only when “${other.label}” is ${wanted}.`;
  }
  return '';
}

/** Let a control be used, or say below it why it is not. */
function enable(element, why) {
  const said = element.querySelector('.aimc-control-why');
  if ((said?.textContent ?? '') === why) return;
  said?.remove();
  if (why) element.append(make('p', { class: 'aimc-control-why' }, why));
  element.classList.toggle('aimc-control-idle', Boolean(why));
  element.setAttribute('aria-disabled', String(Boolean(why)));
  for (const input of element.querySelectorAll('input, select')) input.disabled = Boolean(why);
}

/**
 * The controls of an explorer; those that can do nothing in a state are disabled in it.
 *
 * @param declared the declaration's list of controls
 * @param prefix start of the inputs' ids
 * @returns {elements, read(), write(state), defaults}
 */
export function buildControls(declared, prefix) {
  const built = [];
  const named = (name) => built.find((other) => other.name === name);
  for (const control of declared) {
    if (!KINDS[control.kind]) throw new Error(`there is no control of kind ${control.kind}`);
    // The words of a slider may depend on the option that a choice has.
    const options = declared.find((other) => other.name === control.words_by)?.options ?? [];
    const row = () => Math.max(options.indexOf(named(control.words_by)?.read()), 0);
    built.push({ name: control.name, ...KINDS[control.kind](control, `${prefix}-${control.name}`, row) });
  }
  for (const control of declared.filter((other) => other.words_by)) {
    named(control.words_by).element.addEventListener('input', () => named(control.name).tell());
  }
  const defaults = Object.fromEntries(declared.map((control) => [control.name, control.value]));
  const read = () => Object.fromEntries(built.map((control) => [control.name, control.read()]));
  const settle = () => {
    const state = read();
    declared.forEach((control, k) => enable(built[k].element, idle(control, state, declared)));
  };
  for (const control of built) {
    control.element.dataset.control = control.name;
    control.element.addEventListener('input', settle);
  }
  const write = (state) => {
    for (const control of built) control.write(state[control.name] ?? defaults[control.name]);
    for (const control of built) control.tell?.();
    settle();
  };
  write(defaults);
  return {
    elements: built.map((control) => control.element),
    read,
    write,
    defaults,
  };
}
