"""A page on your own computer for marking by hand what no judge can mark.

What is marked is found by `written`; the page stands above `gradebook`, whose store keeps marks.
`mark_command` reads the command line, `server` has the addresses, and `guard` lets in the one
browser that opened the printed address and nothing else. Several people may mark at once, each with
a page and a process of their own on the same store. `rounds` says which answer comes next,
`marking_pages` makes HTML of it with the templates of `gradebook` and with `assets/`. What students
wrote goes through `rendering` of `written`, their pictures through its `pictures`, and neither
leaves anything in it that could act. `started_command` starts the commands of `gradebook` that the
page offers, and watches them. Needs the extra `grading`.
"""
