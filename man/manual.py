#!/usr/bin/env python3
"""Writes a program's manual page (mdoc) from the program's own description of itself.

usage: manual.py PROGRAM SECTION >page
"""
import datetime
import json
import os
import re
import subprocess
import sys
import textwrap

# What no option says of itself.
FURTHER = {
    "vitrinectl": r"""
.Sh ENVIRONMENT
.Bl -tag -width Ds
.It Ev VITRINE_SOCKET
The control socket, unless
.Fl Fl socket
names another.
.It Ev NO_COLOR
No colours, whatever its value; there are none where output is no terminal.
.El
.Sh FILES
.Bl -tag -width Ds
.It Pa /run/vitrine/control.sock
The control socket.
.El
.Sh EXAMPLES
Take in a film, watch it, and fail when it fails:
.Pp
.Dl vitrinectl item add --wait showreel.mov
.Pp
Everything that failed, and why, for a script:
.Pp
.Dl vitrinectl item list --state failed --json | jq '.items[].reason.operator'
.Pp
Follow what happens, also over restarts of the daemon:
.Pp
.Dl vitrinectl events --follow --reconnect
.Sh SEE ALSO
.Xr vitrined 8
""",
    "vitrined": r"""
.Sh SIGNALS
.Bl -tag -width Ds
.It Dv SIGTERM , SIGINT
Stop: running jobs are given
.Cm workers.drain
to end, then they are interrupted, which costs them no attempt.
.It Dv SIGHUP
Read the configuration and the recipes again; with a mistake nothing changes.
.El
.Sh ENVIRONMENT
.Bl -tag -width Ds
.It Ev VITRINE_SECTION_KEY
Stronger than the file: for example
.Ev VITRINE_INBOX_SETTLE .
.It Ev VITRINE_WORKER
Another worker program.
.It Ev NOTIFY_SOCKET , WATCHDOG_USEC
Of the service manager.
.El
.Sh FILES
.Bl -tag -width Ds
.It Pa /etc/vitrine/vitrine.yaml
The configuration; every setting is documented where it stands.
.It Pa /etc/vitrine/conf.d/*.yaml
Stronger than that file, in the order of their names.
.It Pa /etc/vitrine/recipes/*.yaml
Recipes: what is made of an upload.
.El
.Sh SEE ALSO
.Xr vitrinectl 1
""",
}


def escape(text):
    text = text.replace("\\", "\\e")
    return "\\&" + text if text[:1] in ".'" else text


def sentences(text):
    """Roff wants a new line for each sentence, and none that is long."""
    for line in re.sub(r"([.!?]) (?=[A-Z])", r"\1\n", " ".join(text.split())).split("\n"):
        for part in textwrap.wrap(line, 76, break_long_words=False, break_on_hyphens=False):
            yield escape(part)


def paragraphs(text):
    """Prose as it flows, lines that begin with blanks as they are."""
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        lines = block.split("\n")
        if all(line.startswith("  ") for line in lines):
            yield ".Bd -literal -offset indent"
            for line in lines:
                yield escape(line.strip())
            yield ".Ed"
        else:
            yield ".Pp"
            yield from sentences(block)


def exit_codes(discussion):
    """The two columns below EXIT CODES, and the text without them."""
    text, _, table = discussion.partition("EXIT CODES")
    codes = []
    for line in table.split("\n"):
        codes += re.findall(r"(?:^|\s{2,})(\d+)\s{1,3}(\S.*?)(?=\s{2,}\d+\s|$)", line)
    return text, sorted((int(code), words) for code, words in codes)


def flag(name):
    return f"Fl Fl {name['name']}" if name["kind"] == "long" else f"Fl {name['name']}"


def shown(command):
    return [a for a in command.get("arguments", []) if a.get("shouldDisplay", True)]


def describe(arguments):
    if not arguments:
        return
    yield ".Bl -tag -width Ds"
    for argument in arguments:
        value = f" Ar {argument.get('valueName', 'value')}"
        if argument["kind"] == "positional":
            yield ".It" + value + (" ..." if argument.get("isRepeating") else "")
        else:
            names = [flag(name) for name in argument["names"]]
            tail = value if argument["kind"] == "option" else ""
            yield ".It " + " , ".join(names) + tail
        text = argument.get("abstract", "")
        words = [w for w in argument.get("allValues") or [] if w not in text]
        if words:
            text += f" One of {', '.join(words)}."
        if argument.get("defaultValue"):
            text += f" Default {argument['defaultValue']}."
        yield from sentences(text or "No further description.")
    yield ".El"


def usage(argument):
    value = f"Ar {argument.get('valueName', 'value')}"
    if argument["kind"] == "positional":
        text = value + (" ..." if argument.get("isRepeating") else "")
    else:
        text = flag(argument["preferredName"])
        text += f" {value}" if argument["kind"] == "option" else ""
    return f".Op {text}" if argument["isOptional"] else f".{text}"


def key(argument):
    return json.dumps(argument.get("names") or argument.get("valueName"))


def commands(command, path, common):
    for sub in command.get("subcommands", []):
        if sub["commandName"] == "help":
            continue
        names = path + [sub["commandName"]]
        if sub.get("subcommands"):
            yield from commands(sub, names, common)
            continue
        own = [a for a in shown(sub) if key(a) not in common]
        yield f".Ss {' '.join(names)}"
        yield from sentences(sub.get("abstract", ""))
        yield ".Pp"
        yield ".Nm"
        yield f".Cm {' '.join(names)}"
        for argument in own:
            yield usage(argument)
        if sub.get("discussion"):
            yield from paragraphs(sub["discussion"])
        yield from describe(own)


def page(program, section):
    name = os.path.basename(program)
    dump = json.loads(subprocess.check_output([program, "--experimental-dump-help"]))
    command = dump["command"]
    text, codes = exit_codes(command.get("discussion", ""))
    # So that the same sources give the same page.
    moment = int(os.environ.get("SOURCE_DATE_EPOCH") or os.stat(__file__).st_mtime)
    date = datetime.datetime.fromtimestamp(moment, datetime.timezone.utc)
    yield f".Dd {date:%B} {date.day}, {date.year}"
    yield f".Dt {name.upper()} {section}"
    yield ".Os"
    yield ".Sh NAME"
    yield f".Nm {name}"
    abstract = command.get("abstract", "").rstrip(".")
    yield f".Nd {abstract[:1].lower()}{abstract[1:]}"
    yield ".Sh SYNOPSIS"
    yield ".Nm"
    subcommands = [c for c in command.get("subcommands", []) if c["commandName"] != "help"]
    if subcommands:
        first = subcommands[0]["arguments"]
        # What every command takes is said once.
        leaves = list(every_leaf(command))
        common = {key(a) for a in first if all(key(a) in map(key, shown(c)) for c in leaves)}
        yield ".Ar command"
        yield ".Op Ar options"
        options = [a for a in shown(subcommands[0]) if key(a) in common]
    else:
        common, options = set(), shown(command)
        for argument in options:
            yield usage(argument)
    yield ".Sh DESCRIPTION"
    yield from list(paragraphs(text))[1:]
    yield ".Sh OPTIONS"
    if subcommands:
        yield "Of every command but"
        yield ".Cm completions :"
    yield from describe(options)
    if subcommands:
        yield ".Sh COMMANDS"
        yield from commands(command, [], common)
    for part in re.split(r"\n(?=\.Sh )", FURTHER[name].strip("\n")):
        # In the order that manuals have.
        if part.startswith((".Sh EXAMPLES", ".Sh SEE")) and codes:
            yield from exit_status(codes)
            codes = []
        yield part


def exit_status(codes):
    yield ".Sh EXIT STATUS"
    yield ".Bl -tag -width Ds"
    for code, words in codes:
        yield f".It {code}"
        yield from sentences(words[:1].upper() + words[1:] + ".")
    yield ".El"


def every_leaf(command):
    for sub in command.get("subcommands", []):
        if sub["commandName"] in ("help", "completions"):
            continue
        if sub.get("subcommands"):
            yield from every_leaf(sub)
        else:
            yield sub


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print("\n".join(page(os.path.abspath(sys.argv[1]), sys.argv[2])))


main()
