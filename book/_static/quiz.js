// Checks the questions that book/_ext/quiz.py writes. Answers stay in the page; nothing is sent.
(function () {
  'use strict';

  function part(item, name) {
    return Array.from(item.querySelector(name).childNodes, function (node) { return node.cloneNode(true); });
  }

  function line(label, className, nodes) {
    var p = document.createElement('p');
    p.className = className;
    if (label) {
      var strong = document.createElement('strong');
      strong.textContent = label + ' ';
      p.appendChild(strong);
    }
    nodes.forEach(function (node) { p.appendChild(node); });
    return p;
  }

  function answer(form) {
    var items = Array.from(form.querySelectorAll('.aimc-quiz-answers li'));
    var inputs = Array.from(form.querySelectorAll('input'));
    var chosen = inputs.filter(function (input) { return input.checked; });
    var status = form.querySelector('[role=status]');
    if (!chosen.length) {
      form.dataset.state = 'empty';
      status.replaceChildren(line('', 'aimc-quiz-line', [document.createTextNode('Choose an answer first.')]));
      return;
    }
    var right = inputs.every(function (input, i) {
      return input.checked === (items[i].dataset.right === 'true');
    });
    var lines = chosen.map(function (input) {
      var item = items[inputs.indexOf(input)];
      var good = item.dataset.right === 'true';
      var label = form.dataset.kind === 'predict' ? 'Noted.' : good ? 'Right.' : 'Not this one.';
      var letter = item.querySelector('.aimc-quiz-letter').textContent;
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

  // On paper every answer is readable.
  window.addEventListener('beforeprint', function () {
    document.querySelectorAll('form.aimc-quiz').forEach(function (form) {
      form.querySelector('button').hidden = true;
      var details = form.querySelector('details');
      details.hidden = false;
      details.open = true;
    });
  });
})();
