// Checks the questions that book/_ext/quiz.py writes. Answers stay in the page; nothing is sent.
(function () {
  'use strict';

  function part(item, name) {
    return Array.from(item.querySelector(name).childNodes, function (node) { return node.cloneNode(true); });
  }

  function line(label, className, nodes) {
    const p = document.createElement('p');
    p.className = className;
    if (label) {
      const strong = document.createElement('strong');
      strong.textContent = label + ' ';
      p.appendChild(strong);
    }
    nodes.forEach(function (node) { p.appendChild(node); });
    return p;
  }

  function answer(form) {
    const items = Array.from(form.querySelectorAll('.aimc-quiz-answers li'));
    const inputs = Array.from(form.querySelectorAll('input'));
    const chosen = inputs.filter(function (input) { return input.checked; });
    const status = form.querySelector('[role=status]');
    if (!chosen.length) {
      form.dataset.state = 'empty';
      status.replaceChildren(line('', 'aimc-quiz-line', [document.createTextNode('Choose an answer first.')]));
      return;
    }
    const right = inputs.every(function (input, i) {
      return input.checked === (items[i].dataset.right === 'true');
    });
    const lines = chosen.map(function (input) {
      const item = items[inputs.indexOf(input)];
      const good = item.dataset.right === 'true';
      const label = form.dataset.kind === 'predict' ? 'Noted.' : good ? 'Right.' : 'Not this one.';
      const letter = item.querySelector('.aimc-quiz-letter').textContent;
      return line(letter + ' ' + label, 'aimc-quiz-line', part(item, '.aimc-quiz-why'));
    });
    if (!right && form.dataset.kind === 'quiz' && chosen.every(function (input) {
      return items[inputs.indexOf(input)].dataset.right === 'true';
    })) {
      lines.push(line('', 'aimc-quiz-line', [document.createTextNode('There is more: another choice is right too.')]));
    }
    form.dataset.state = form.dataset.kind === 'predict' ? 'noted' : right ? 'right' : 'wrong';
    status.replaceChildren.apply(status, lines);
    form.querySelector('details').hidden = false;
  }

  document.querySelectorAll('form.aimc-quiz').forEach(function (form) {
    form.querySelector('button').hidden = false;
    form.querySelector('details').hidden = true; // shown once the reader has tried
    form.addEventListener('submit', function (event) {
      event.preventDefault();
      answer(form);
    });
  });
})();
