#!/usr/bin/env python3
"""Asks a real command interpreter what the rows of tests/commands/table say that it says.

A row with `wine LINE` and `says TEXT` has the payload replaced by `echo`, so that the interpreter
shows what it would have started. This script gives each LINE to the cmd.exe of wine (Debian package
`wine`) and compares. It is run by hand; its result stands in the table.

    tests/support/commands_wine.py            all rows
    tests/support/commands_wine.py set-03     one row
"""
import glob, os, re, subprocess, sys, tempfile

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "commands", "table", "*.txt")


def rows():
    for path in sorted(glob.glob(TABLE)):
        row, line = None, None
        for text in open(path, encoding="utf-8"):
            text = text.rstrip("\n")
            if text.startswith("["):
                row = text[1 : text.index("]")]
            elif text.startswith("wine "):
                line = text[5:]
            elif text.startswith("says "):
                yield row, line, text[5:]


def ask(line):
    # The line is typed, not given as an argument: wine quotes arguments anew, and a batch file would
    # take its percent signs. A line that brings switches keeps those that stand before `/c`.
    switches = []
    found = re.match(r"((?:/\S+? ?)*?)/c ?(.*)$", line, re.IGNORECASE)
    if found:
        switches = found[1].lower().split()
        line = found[2].strip()
        if line.startswith('"') and line.endswith('"'):
            line = line[1:-1]
    if "/v" in switches or "/v:on" in switches:
        # Wine takes delayed expansion from `setlocal` only.
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "t.cmd"), "w", newline="\r\n") as file:
                file.write("@echo off\nsetlocal enabledelayedexpansion\n" + line.replace("%", "%%") + "\n")
            environment = dict(os.environ, WINEDEBUG="-all")
            return subprocess.run(
                ["wine", "cmd", "/c", "t.cmd"], capture_output=True, text=True, env=environment, cwd=folder
            ).stdout
    environment = dict(os.environ, WINEDEBUG="-all")
    command = ["wine", "cmd", "/q", *switches]
    return subprocess.run(
        command, input=line + "\r\nexit\r\n", capture_output=True, text=True, env=environment
    ).stdout


def main():
    wrong = asked = 0
    for row, line, says in rows():
        if len(sys.argv) > 1 and row not in sys.argv[1:]:
            continue
        asked += 1
        out = " ".join(ask(line).split())
        if " ".join(says.split()) not in out:
            wrong += 1
            print(f"{row}: {line}\n  table: {says}\n  wine:  {out}")
    print(f"{asked} asked, {wrong} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
