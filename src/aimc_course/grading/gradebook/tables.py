"""The tables of the store, as SQLite makes them."""

from __future__ import annotations

__all__ = ["LATER", "TABLES"]

TABLES = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS students (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, serial TEXT, extension_days REAL NOT NULL,
  grp TEXT NOT NULL, aliases TEXT NOT NULL, excused INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS submissions (
  number INTEGER PRIMARY KEY AUTOINCREMENT, lab TEXT NOT NULL, owner TEXT NOT NULL,
  digest TEXT NOT NULL, source TEXT NOT NULL, attachment INTEGER NOT NULL, late INTEGER NOT NULL,
  submitted REAL, notebook BLOB NOT NULL, UNIQUE (lab, owner, digest));
CREATE TABLE IF NOT EXISTS bearers (
  submission INTEGER NOT NULL REFERENCES submissions ON DELETE CASCADE, student TEXT NOT NULL,
  PRIMARY KEY (submission, student));
CREATE TABLE IF NOT EXISTS clocks (
  submission INTEGER PRIMARY KEY REFERENCES submissions ON DELETE CASCADE, told_by TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS results (
  submission INTEGER NOT NULL REFERENCES submissions ON DELETE CASCADE, revision INTEGER NOT NULL,
  run INTEGER NOT NULL, at REAL NOT NULL, marks TEXT NOT NULL, PRIMARY KEY (submission, revision));
CREATE TABLE IF NOT EXISTS answers (
  submission INTEGER PRIMARY KEY REFERENCES submissions ON DELETE CASCADE, kept BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS runs (
  number INTEGER PRIMARY KEY AUTOINCREMENT, lab TEXT NOT NULL, what TEXT NOT NULL,
  started REAL NOT NULL, ended REAL);
CREATE TABLE IF NOT EXISTS overrides (
  lab TEXT NOT NULL, student TEXT NOT NULL, question TEXT NOT NULL, points REAL NOT NULL,
  reason TEXT NOT NULL, PRIMARY KEY (lab, student, question));
CREATE TABLE IF NOT EXISTS audit (
  number INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, who TEXT NOT NULL,
  action TEXT NOT NULL, lab TEXT NOT NULL, student TEXT NOT NULL, question TEXT NOT NULL,
  before TEXT NOT NULL, after TEXT NOT NULL, reason TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS written (
  submission INTEGER NOT NULL REFERENCES submissions ON DELETE CASCADE, item TEXT NOT NULL,
  answer TEXT NOT NULL, empty INTEGER NOT NULL, PRIMARY KEY (submission, item));
CREATE TABLE IF NOT EXISTS hand_marks (
  lab TEXT NOT NULL, owner TEXT NOT NULL, item TEXT NOT NULL, answer TEXT NOT NULL,
  points TEXT NOT NULL, most TEXT NOT NULL, comment TEXT NOT NULL, rubric TEXT NOT NULL,
  submission INTEGER NOT NULL,
  who TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (lab, owner, item, answer));
CREATE TABLE IF NOT EXISTS hand_changes (
  number INTEGER PRIMARY KEY AUTOINCREMENT, lab TEXT NOT NULL, owner TEXT NOT NULL,
  item TEXT NOT NULL, answer TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,
  undone INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS requests (
  lab TEXT NOT NULL, student TEXT NOT NULL, question TEXT NOT NULL, reason TEXT NOT NULL,
  stood REAL, asked REAL NOT NULL, answer TEXT NOT NULL DEFAULT '', became REAL,
  who TEXT NOT NULL DEFAULT '', answered REAL, PRIMARY KEY (lab, student, question));
CREATE TABLE IF NOT EXISTS leases (
  session TEXT PRIMARY KEY, lab TEXT NOT NULL, owner TEXT NOT NULL, item TEXT NOT NULL,
  who TEXT NOT NULL, until REAL NOT NULL);
CREATE TABLE IF NOT EXISTS trials (
  run INTEGER NOT NULL, submission INTEGER NOT NULL REFERENCES submissions ON DELETE CASCADE,
  revision INTEGER NOT NULL, marks TEXT NOT NULL, PRIMARY KEY (run, submission));
"""
LATER = {
    "submissions": {"first": "REAL", "first_late": "INTEGER"},
    "hand_marks": {"lines": "TEXT NOT NULL DEFAULT '[]'"},
    "hand_changes": {"who": "TEXT NOT NULL DEFAULT ''"},
}
"""Columns that stores of earlier editions lack; they are added where a store is opened."""
