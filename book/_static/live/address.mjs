// An explorer's state in the page's address: #explorer-name?control=value&control=value

function same(a, b) {
  return String(a) === String(b); // of a table, this is its numbers with commas between
}

/** What differs from the defaults in a state. */
export function changesOf(state, defaults) {
  return Object.fromEntries(Object.entries(state).filter(([name, value]) => !same(value, defaults[name])));
}

/** The part of the address after '#' for a state; controls at their default are left out. */
export function toHash(id, state, defaults) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(changesOf(state, defaults))) query.set(name, String(value));
  const text = query.toString().replaceAll('%2C', ',');
  return text ? `${id}?${text}` : '';
}

/** The state that an address gives to an explorer, or null if it speaks of something else. */
export function fromHash(id, address = window.location.href) {
  const hash = new URL(address).hash.slice(1);
  if (!hash.startsWith(`${id}?`)) return null;
  return Object.fromEntries(new URLSearchParams(hash.slice(id.length + 1)));
}

/** Put a state into the address, without a new step in the history. */
export function showInAddress(id, state, defaults) {
  const hash = toHash(id, state, defaults);
  const mine = window.location.hash.startsWith(`#${id}`);
  if (!hash && !mine) return;
  const plain = window.location.pathname + window.location.search;
  try {
    window.history.replaceState(window.history.state, '', hash ? `#${hash}` : plain);
  } catch {
    // Some browsers limit how often an address may change; the next change brings it up to date.
  }
}
